"""When a notice is sent: a run is watched from its first step, and what did not go well is told when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hasila.configuration import Configuration
from hasila.exits import Exit
from hasila.notices.notice import Notice, NoticeState, last_issues, note_failure, run_of
from hasila.notices.repeating import news
from hasila.notices.sending import send
from hasila.problems import notice as say


@dataclass(slots=True, kw_only=True)
class Ending:
    """How a run ended, as far as its command has said."""

    command: str
    database: Path
    started_at: datetime
    run: int | None = None
    """Its number, where the command knows it; else the database is asked."""
    problem: str | None = None
    """Why it failed, in one line."""
    faults: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Health floors that sites fell below, by site; what stands behind "look at: " is a hint."""
    locked: bool = False
    """Whether the database stayed locked by a program that is no run of ours. It exits as where a run is at work, but
    that ends by itself, and this may not: it is told as a failure."""


_STATES: Mapping[int, NoticeState] = {
    Exit.FAILED: "failed",
    Exit.DEGRADED: "degraded",
    Exit.RUNNING: "running",
}


def _complain(message: str) -> None:
    say("notice", message)


@contextmanager
def telling(
    command: str,
    database: Path,
    configuration: Configuration,
    *,
    told: bool = True,
    complain: Callable[[str], None] = _complain,
) -> Iterator[Ending]:
    """Send a notice where the command inside ends with an exit code that the configuration wants told, or crashes.

    A site that stays below its floors is told of once a day, and once more when it is well again.

    The command fills in the `Ending` and leaves with `sys.exit`. What cannot be sent is said by `complain`, one line
    each, and kept as an issue (`notice_failed`); the exit code stays what it is. Nothing is sent where not `told`.
    """
    ending = Ending(command=command, database=database, started_at=datetime.now(UTC))
    state: NoticeState | None = None
    code: int = Exit.WELL
    try:
        yield ending
    except SystemExit as leaving:
        code = leaving.code if isinstance(leaving.code, int) else Exit.FAILED
        state = "failed" if ending.locked else _STATES.get(code)
        raise
    except Exception as error:
        code, state = Exit.FAILED, "failed"
        ending.problem = ending.problem or f"{type(error).__name__}: {error}"
        raise
    finally:
        if told and (configuration.notices.webhook or configuration.mail.host):
            try:
                if found := _worth_telling(ending, state, int(code), configuration.notices.about):
                    _tell(found, configuration, complain)
            except Exception as error:
                # What a command says by its exit code is worth more than a notice about it.
                complain(f"not sent: {type(error).__name__}")


_HINT: Final = "; look at: "
"""Between a fault and the command that shows the page concerned (`crawler.health`)."""


def _worth_telling(
    ending: Ending, state: NoticeState | None, code: int, about: Sequence[str]
) -> Notice | None:
    """Return the notice about a run, or None for silence. Who is told of degraded sites is told when they are well."""
    ended_well = state is None and code == Exit.WELL and ending.command == "crawl"
    if (state or ("degraded" if ended_well else "")) not in about:
        return None
    run = ending.run or run_of(ending.command, ending.database, ending.started_at)
    if state and state != "degraded":
        return _notice(ending, run, state, code)
    said = news(ending.database, run)
    if not (said.well_again or (state and said.ill)):
        return None
    return _notice(ending, run, state or "well", code, said.well_again)


def _notice(
    ending: Ending, run: int | None, state: NoticeState, code: int, well_again: Sequence[str] = ()
) -> Notice:
    parts = {site: [fault.partition(_HINT) for fault in faults] for site, faults in ending.faults.items()}
    return Notice(
        command=ending.command,
        state=state,
        exit_code=code,
        database=str(ending.database.absolute()),
        run=run,
        started_at=ending.started_at,
        ended_at=datetime.now(UTC),
        problem=ending.problem,
        faults={site: [fault for fault, _, _ in faults] for site, faults in parts.items()},
        hints={
            site: hints for site, faults in parts.items() if (hints := [hint for *_, hint in faults if hint])
        },
        well_again=well_again,
        issues=last_issues(ending.database, run),
    )


def _tell(found: Notice, configuration: Configuration, complain: Callable[[str], None]) -> None:
    for sent in send(found, configuration):
        if sent.failure:
            complain(f"{sent.way}: not sent: {sent.failure}")
            note_failure(Path(found.database), found.run, f"{sent.way}: not sent: {sent.failure}")
