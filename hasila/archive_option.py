"""The option `--archive` of the commands that read or prune the archive."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from hasila.configuration.option import configuration

_Command = TypeVar("_Command", bound=Callable[..., object])


def archive_option() -> Callable[[_Command], _Command]:
    """`--archive FOLDER`; the command takes it as `named`, None where it is not given."""
    return click.option(
        "--archive",
        "named",
        type=click.Path(path_type=Path, file_okay=False),
        show_default="that of the crawl",
        help="The folder of the archive.",
    )


def archive_folder(named: Path | None, database: Path) -> Path | None:
    """Return the folder named, else the one that the configuration names, also where nothing is kept any more."""
    folder = configuration().archive.folder
    return named or (database.parent / folder if folder else None)
