"""Notices: what is told about a run that did not go well, as text for people and as JSON for programs.

The JSON is described in docs/configuration.md and is part of the interface.
"""

from __future__ import annotations

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final, Literal

from hasila.problems import printable
from store import Store, StoreError

NoticeState = Literal["failed", "degraded", "well", "running", "test"]

ISSUES: Final = 10
"""So many of the last issues of the run are told."""
_PATIENCE: Final = 2.0
"""Seconds that a database which others hold is waited for; a notice goes out without its issues rather than late."""
_LONGEST: Final = 500
"""Characters of a message; an error may quote a page."""
_SAID: Final[Mapping[NoticeState, str]] = {
    "failed": "failed",
    "degraded": "degraded: a site fell below its health floor",
    "well": "well again",
    "running": "turned away: another run had not ended",
    "test": "a test: this is what a notice looks like",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told about one run."""

    command: str
    """`crawl`, `reprocess` … or `notify`."""
    state: NoticeState
    exit_code: int | None
    """Of the command; None where none ended."""
    database: str
    run: int | None = None
    """Number of the run; None where it could not begin."""
    started_at: datetime | None = None
    ended_at: datetime
    problem: str | None = None
    """Why it failed, in one line."""
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Health floors that sites fell below, by site."""
    hints: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Commands that show a page concerned, by site."""
    well_again: Sequence[str] = ()
    """Sites that were below a floor when they were last judged, and are not now."""
    issues: Sequence[Mapping[str, object]] = ()
    """The last issues of the run, the latest first: `at`, `site`, `kind`, `message`, `url`."""
    host: str = field(default_factory=socket.gethostname)

    @property
    def subject(self) -> str:
        """The notice in one line."""
        run = "" if self.run is None else f" (run {self.run})"
        return printable(f"hasila on {self.host}: {self.command} {_SAID[self.state].partition(':')[0]}{run}")

    @property
    def text(self) -> str:
        """The notice for people; what strangers wrote cannot forge a line of it."""
        parts = [f"{self.command}: {_SAID[self.state]}.", *self._times()]
        if self.problem:
            parts += ["", _line(self.problem)]
        for site in dict.fromkeys([*self.faults, *self.hints]):
            parts += ["", _line(site)]
            parts += [f"  - {_line(fault)}" for fault in self.faults.get(site, ())]
            parts += [f"    look at: {_line(hint)}" for hint in self.hints.get(site, ())]
        if self.well_again:
            parts += ["", _line(f"Well again: {', '.join(self.well_again)}")]
        if self.issues:
            parts += ["", "Last issues of the run, the latest first:"]
            parts += [f"  - {_line(_said_of(issue))}" for issue in self.issues]
        parts += ["", f"Database: {_line(self.database)} on {self.host}", "`hasila status` shows more."]
        return "\n".join(parts) + "\n"

    def body(self) -> dict[str, object]:
        """Return the JSON of the webhook."""
        return {
            "program": "hasila",
            "version": version("hasila"),
            "host": printable(self.host),
            "command": self.command,
            "database": _line(self.database),
            "run": self.run,
            "state": self.state,
            "exit_code": self.exit_code,
            "started_at": _moment(self.started_at),
            "ended_at": _moment(self.ended_at),
            "problem": self.problem and _line(self.problem),
            "faults": {site: [_line(fault) for fault in faults] for site, faults in self.faults.items()},
            "hints": {site: [_line(hint) for hint in hints] for site, hints in self.hints.items()},
            "well_again": [_line(site) for site in self.well_again],
            "issues": [
                {name: _line(value) if isinstance(value, str) else value for name, value in issue.items()}
                for issue in self.issues
            ],
            "text": f"{self.subject}\n{self.text}",
        }

    def _times(self) -> list[str]:
        began = f"Began {self.started_at:%Y-%m-%d %H:%M:%S} UTC, ended" if self.started_at else "Ended"
        code = "" if self.exit_code is None else f", exit code {self.exit_code}"
        return [f"{began} {self.ended_at:%Y-%m-%d %H:%M:%S} UTC{code}."]


def run_of(command: str, database: Path, began: datetime) -> int | None:
    """Return the number of the run that a command began then or later; None where it began none."""
    try:
        with Store.open(database, create=False, readonly=True, timeout=_PATIENCE) as store:
            rows = store.rows(
                "SELECT max(id) AS run FROM runs WHERE command = ? AND started_at >= ?",
                (command, _moment(began)),
            )
    except StoreError:
        return None
    run: int | None = rows[0]["run"]
    return run


def last_issues(database: Path, run: int | None) -> list[dict[str, object]]:
    """Return the last issues of a run, the latest first; none where there was no run or the database cannot be read."""
    if run is None:
        return []
    try:
        with Store.open(database, create=False, readonly=True, timeout=_PATIENCE) as store:
            return store.rows(
                "SELECT at, site, kind, message, url FROM issues WHERE run = ? ORDER BY id DESC LIMIT ?",
                (run, ISSUES),
            )
    except StoreError:
        return []


def note_failure(database: Path, run: int | None, message: str) -> None:
    """Keep it as an issue that a notice could not be sent, where the database can be written."""
    try:
        with Store.open(database, create=False, timeout=_PATIENCE) as store:
            store.add_issue("notice_failed", message, run_id=run, at=datetime.now(UTC))
    except StoreError:
        pass  # it is on stderr, and the database is what the notice was about


def _said_of(issue: Mapping[str, object]) -> str:
    subject = " ".join(str(issue[name]) for name in ("at", "site", "kind") if issue[name])
    return f"{subject}: {issue['message']}" + (f" ({issue['url']})" if issue["url"] else "")


def _line(text: str) -> str:
    return printable(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…")


def _moment(at: datetime | None) -> str | None:
    return None if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
