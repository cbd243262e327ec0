"""Tables of what a database holds, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from hasila.claim_formats import excerpt, number
from store import Store


def articles_by_site(store: Store) -> Table:
    """How many articles and claims are there from each site, and from when?"""
    table = _table("Articles by site", site={}, articles=_RIGHT, claims=_RIGHT, first={}, last={})
    for row in store.rows("SELECT * FROM articles_by_site ORDER BY articles DESC, site"):
        table.add_row(
            row["site"] or "(files)",
            str(row["articles"]),
            str(row["claims"]),
            row["first_published"] or "",
            row["last_published"] or "",
        )
    return table


def claims_by_kind(store: Store) -> Table:
    """How many claims of each kind are there?"""
    table = _table(
        "Claims by kind", kind={}, claims=_RIGHT, **{"of an indicator": _RIGHT, "in articles": _RIGHT}
    )
    for row in store.rows("SELECT * FROM claims_by_kind ORDER BY claims DESC, kind"):
        table.add_row(row["kind"], *(str(row[name]) for name in ("claims", "with_indicator", "articles")))
    return table


def largest_figures(store: Store, count: int, *, width: int) -> Table:
    """Which are the largest figures, who printed them first, when, and in which words?

    The table fits `width` columns. Sentence and title have a line each: terminals put Arabic in order a line at a time.
    """
    table = _table(
        f"The {count} largest figures",
        figure=_RIGHT,
        unit={},
        published={},
        **{"sentence and article": _RIGHT},
    )
    rows = store.rows("SELECT * FROM largest_figures ORDER BY value DESC, kind, unit LIMIT ?", (count,))
    figures = [_figure(row["value"], row["value_high"]) for row in rows]
    taken = max(map(len, [*figures, "figure"])) + max(
        len(row["unit"] or "unit") for row in rows or [{"unit": ""}]
    )
    room = max(30, min(100, width - taken - len("2025-01-01") - 3 * len(" | ")))
    for row, figure in zip(rows, figures, strict=True):
        sentence, text = row["sentence"], row["text"]
        at = max(0, sentence.find(text))
        words = Text(excerpt(sentence, at, min(len(sentence), at + len(text)), width=room - 2))
        words.append(f"\n{excerpt(row['title'], 0, 0, width=room - 2)}", style="dim")
        table.add_row(figure, row["unit"] or "", row["published_on"] or "", words)
    return table


def _figure(low: float, high: float | None) -> str:
    return number(low) if high is None else f"{number(low)} to {number(high)}"


_RIGHT: Mapping[str, Any] = {"justify": "right", "no_wrap": True}


def _table(title: str, **columns: Mapping[str, Any]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", show_edge=False, pad_edge=False)
    for name, options in columns.items():
        table.add_column(name, **({"no_wrap": True} | dict(options)))
    return table
