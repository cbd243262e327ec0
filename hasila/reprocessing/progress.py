"""How far reading anew is: a bar on a terminal, now and then a line in a log."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from hasila.progress.screen import terminal_of_errors
from hasila.reprocessing.passes import Progress

EVERY: Final = 30.0
"""Seconds between two lines."""


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """Give what shows how far it is."""
    terminal = terminal_of_errors()
    if terminal is None:
        yield _Lines()
        return
    with Bar(
        TextColumn("reading anew"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=terminal,
        transient=True,
    ) as bar:
        task = bar.add_task("", counts="")

        def show(progress: Progress) -> None:
            bar.update(task, total=progress.total, completed=progress.done, counts=_counts(progress))

        yield show


class _Lines:
    def __init__(self) -> None:
        self._began = self._said = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        first, last = progress.done == 0, progress.done == progress.total
        if not (first or last or now - self._said >= EVERY):
            return
        self._said = now
        speed = f", {progress.done / (now - self._began):.0f} a second" if progress.done else ""
        click.echo(
            f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} reprocess: {progress.done} of {progress.total} read{speed}"
            + (f"; {_counts(progress)}" if progress.done else ""),
            err=True,
        )


def _counts(progress: Progress) -> str:
    counts = progress.report.counts
    return ", ".join(f"{counts[name]} {name}" for name in ("gained", "lost", "altered"))
