"""The progress of a crawl on a terminal: a line a site, renewed in place."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from crawler.run import Run
from hasila.progress.watch import AT_WORK, Counting, SiteState
from store import RunState

EVERY: Final = 0.5
"""Seconds between two pictures."""
_FRAME: Final = 5
"""Lines of the picture that are about no single site: title, heading, rule, total, those not shown."""
_STYLES: Final[dict[SiteState, str]] = {
    "waiting": "dim",
    "crawling": "cyan",
    "done": "green",
    "degraded": "bold red",
    "failed": "bold red",
}
_LEVELS: Final = ((logging.ERROR, "red"), (logging.WARNING, "yellow"))


class Screen(Counting):
    """Draws the counts on a terminal until the run ends; then the terminal is as it was."""

    every = EVERY

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._why = ""

    def begin(self, run: Run, sites: list[str], *, limit: timedelta | None) -> None:
        """Begin to draw."""
        super().begin(run, sites, limit=limit)
        self._live.start()
        self.tick()

    def opened(self, site: str) -> None:
        """Draw that a site is at work."""
        super().opened(site)
        self.tick()

    def tick(self) -> None:
        """Draw anew."""
        self.count_pending()
        self._live.update(self.picture(), refresh=True)

    def stopping(self, why: str) -> None:
        """Say that the run stops."""
        self._why = why
        self.tick()

    def closed(self, site: str, reason: str) -> None:
        """Draw how a site ended."""
        super().closed(site, reason)
        self.tick()

    def end(self, state: RunState) -> None:
        """Clear the picture."""
        self.leave()

    def leave(self) -> None:
        """Give the terminal back."""
        self._live.stop()

    def picture(self) -> Group:
        """Return what is drawn: all sites where there is room, else those at work and those that are ill first."""
        room = max(1, self.console.height - _FRAME)
        shown = list(self.states)
        if len(shown) > room:
            shown = sorted(shown, key=lambda name: _urgency(self.states[name]))[:room]
        table = Table(show_edge=False, pad_edge=False, collapse_padding=True, box=None, header_style="dim")
        table.add_column("site", no_wrap=True)
        table.add_column("state", no_wrap=True, min_width=len("out of time"))
        counts = ("known", "pending", "fetched", "articles", "claims", "errors")
        for name in counts:
            table.add_column(name, justify="right", no_wrap=True, min_width=len("articles"))
        for name in shown:
            found = self.site(name)
            state = Text(found.state.replace("_", " "), style=_STYLES.get(found.state, "yellow"))
            table.add_row(name, state, *(str(getattr(found, each)) for each in counts))
        total = self.total()
        table.add_section()
        table.add_row("total", "", *(str(total[each]) for each in counts), style="bold")
        hidden = Counter(state.replace("_", " ") for name, state in self.states.items() if name not in shown)
        more = ", ".join(f"{count} {state}" for state, count in hidden.items())
        return Group(self._title(), table, *([Text(f"and {more}", style="dim")] if more else []))

    def _title(self) -> Text:
        working = sum(state in AT_WORK for state in self.states.values())
        clock = _clock(self.elapsed) + (f" of {_clock(self.limit)}" if self.limit else "")
        title = Text(f"run {self.run.number}, {working} of {len(self.states)} sites at work, {clock}")
        if self._why:
            title.append(f", stopping: {self._why}", style="yellow")
        return title


class ScreenHandler(logging.Handler):
    """Writes the lines of the log above the picture."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        try:
            style = next((style for level, style in _LEVELS if record.levelno >= level), "dim")
            self._console.print(Text(self.format(record), style=style), soft_wrap=True)
        except Exception:
            self.handleError(record)


def terminal_of_errors() -> Console | None:
    """Return standard error as a console where pictures can be drawn on it; None for a file, a pipe, a dumb terminal."""
    console = Console(stderr=True, markup=False, emoji=False, highlight=False)
    # `isatty` as well: environment variables (FORCE_COLOR) can make rich take a pipe for a terminal.
    return (
        console if console.file.isatty() and console.is_interactive and not console.is_dumb_terminal else None
    )


def _urgency(state: SiteState) -> int:
    return {"crawling": 1, "done": 3, "waiting": 2}.get(state, 0)


def _clock(time: timedelta) -> str:
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
