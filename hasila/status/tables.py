"""How everything stands, in tables for a terminal of 80 columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from hasila.claim_formats import excerpt, number
from hasila.durations import shown
from hasila.problems import printable
from hasila.status.standing import WELL, SiteStanding, Standing
from store.records import read_moment

_GRAVE = {"degraded", "crash", "failed", "killed"}
_FINE = {WELL, "done", "crawling", "running"}


def status_tables(found: Standing, problems: Sequence[tuple[str, str]], *, width: int) -> Group:
    """All of it: sizes, what is wrong, the sites, the last runs, the newest claims and the last issues."""
    parts: list[RenderableType] = [_head(found)]
    if problems:
        lines = [Text(f"{subject}: {printable(line)}") for subject, line in problems]
        parts += [
            Text("To be looked at", style="bold red"),
            *(Padding(line, (0, 0, 0, 2)) for line in lines),
            Text(),
        ]
    for table in (_sites(found), _runs(found), _newest(found, width), _issues(found)):
        if table.row_count:
            parts += [table, Text()]
    return Group(*parts[:-1] if isinstance(parts[-1], Text) else parts)


def _head(found: Standing) -> Text:
    articles = sum(row["articles"] for row in found.articles)
    claims = sum(row["claims"] for row in found.claims)
    outlets = sum(1 for row in found.articles if row["site"])
    pending = sum(site.backlog.pending for site in found.sites if site.backlog)
    due = sum(site.backlog.due for site in found.sites if site.backlog)
    oldest = min((site.backlog.oldest for site in found.sites if site.backlog), default=None)
    sizes = [
        f"{printable(str(found.database))}: {size(found.database_bytes)}",
        f"log {size(found.wal_bytes)}",
    ]
    if found.archive_bytes is not None:
        sizes.append(f"archive {size(found.archive_bytes)}")
    lines = [", ".join(sizes), f"{number(articles)} articles of {outlets} hosts, {number(claims)} claims"]
    if oldest is not None:
        lines.append(
            f"{number(pending)} pages to be fetched, {number(due)} of them due, the oldest {_ago(oldest, found)}"
        )
    return Text("\n".join([*lines, ""]))


def _sites(found: Standing) -> Table:
    table = _table(
        "Sites", "site", "state", "last run", "new page", "new article", ">articles", ">pending", ">due"
    )
    for site in found.sites:
        table.add_row(
            site.site,
            _state(site),
            *(_ago(at, found) for at in (site.last_run_at, site.last_page_at, site.last_article_at)),
            str(site.articles),
            str(site.backlog.pending if site.backlog else 0),
            str(site.backlog.due if site.backlog else 0),
        )
    return table


def _state(site: SiteStanding) -> Text:
    if site.state in _FINE and site.silence:
        return Text("silent", style="yellow")
    return _coloured(site.state)


def _coloured(state: str) -> Text:
    style = "bold red" if state in _GRAVE else "" if state in _FINE else "yellow"
    return Text(state.replace("_", " "), style=style)


def _runs(found: Standing) -> Table:
    table = _table(
        "Last runs", ">run", "command", "state", "began", "took", ">new", ">edited", ">claims", ">issues"
    )
    for row in found.runs:
        table.add_row(
            str(row["run"]),
            row["command"],
            _coloured(row["state"]),
            _ago(read_moment(row["started_at"]), found),
            "" if row["seconds"] is None else shown(timedelta(seconds=row["seconds"])),
            *(str(row[name]) for name in ("articles_new", "articles_revised", "claims", "issues")),
        )
    return table


def _newest(found: Standing, width: int) -> Table:
    table = _table("Newest claims", ">figure", "unit", "published", ">sentence and site")
    rows = [(_figure(row), row["unit"] or "", row["published_on"] or "", row) for row in found.newest]
    taken = max((len(figure) + len(unit) for figure, unit, _, _ in rows), default=0)
    room = max(24, min(100, width - taken - len("published 2025-01-01")))
    for figure, unit, day, row in rows:
        sentence, said = row["sentence"], row["text"]
        at = max(0, sentence.find(said))
        words = Text(excerpt(sentence, at, min(len(sentence), at + len(said)), width=room - 2))
        words.append(f"\n{printable(row['site'] or 'a file')}", style="dim")
        table.add_row(figure, unit, day, words)
    return table


def _issues(found: Standing) -> Table:
    table = _table("Last issues", ">run", "site", "kind", "message", fold="message")
    for row in found.issues:
        table.add_row(
            str(row["run"] or ""), row["site"] or "", row["kind"].replace("_", " "), printable(row["message"])
        )
    return table


def _figure(row: Mapping[str, Any]) -> str:
    high = row["value_high"]
    return number(row["value"]) + ("" if high is None else f" to {number(high)}")


def _ago(at: datetime | None, found: Standing) -> str:
    return "" if at is None else f"{shown(found.at - at)} ago"


def size(count: int) -> str:
    """Write a number of bytes: `812 B`, `3.4 MB`, `1.2 GB` (powers of ten)."""
    value, units = float(count), iter(("kB", "MB", "GB", "TB"))
    unit = "B"
    while value >= 999.5 and unit != "TB":
        value, unit = value / 1000, next(units)
    return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"


def _table(title: str, *columns: str, fold: str = "") -> Table:
    """A table; `>` before a name aligns its column right."""
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, collapse_padding=True,
        header_style="dim", padding=(0, 2, 0, 0),
    )  # fmt: skip
    for name in columns:
        plain = name.removeprefix(">")
        table.add_column(
            plain, justify="right" if plain != name else "left", no_wrap=plain != fold, overflow="fold"
        )
    return table
