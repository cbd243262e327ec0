"""Derived rows: whatever is written in whatever order, they are what they would be if made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from store_samples import INDICATORS, T0, article, claim, later, save

from store import Store, StoreRefused
from store.upkeep import check, rebuild

WORDS = [
    "الوكالة",
    "الدعم",
    "الأسر",
    "التغطية",
    "الصحية",
    "المعاش",
    "السجل",
    "الجهات",
    "البرنامج",
    "الميزانية",
    "التلاميذ",
    "السكن",
    "الأرامل",
    "الصندوق",
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hasila.db") as opened:
        opened.load_indicators(INDICATORS)
        yield opened


def content(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All derived rows, without their numbers."""
    queries = {
        "clusters": "SELECT article, cluster FROM clusters",
        "bands": "SELECT band, article FROM _bands",
        "points": "SELECT indicator, date, date_basis, value, value_high, unit, per, low, high, cluster, outlets, "
        "articles, first_published, last_published, first_seen, last_seen, claim, qualifier, sentence, revision, article, title, url FROM points",
        "changes": "SELECT article, earlier, later, change, before, after FROM changes",
        "tallies": "SELECT * FROM tallies",
        "run_tallies": "SELECT * FROM run_tallies",
        "coverage": "SELECT * FROM coverage",
        "search": "SELECT rowid FROM _search WHERE _search MATCH 'دعم OR اسر OR سكن'",
        "search in titles": "SELECT rowid FROM _search WHERE _search MATCH 'title : (دعم OR اسر OR سكن)'",
    }
    return {name: sorted(store.db.execute(sql).fetchall(), key=repr) for name, sql in queries.items()}


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_written_the_rows_are_those_made_anew(store: Store, seed: int) -> None:
    """Edits, edits back, other rules, other titles, other newspapers, pages of the archive read out of order."""
    draw = random.Random(seed)
    texts = [" ".join(draw.choices(WORDS, k=30)) for _ in range(3)]
    runs = [store.begin_run("crawl", [], program="0", ruleset="1", at=T0) for _ in range(2)]
    outcomes = set()
    for _ in range(60):
        site = f"{draw.choice('abc')}.example"
        value = draw.choice((4, 5))
        body = f"{draw.choice(texts)}\nبلغ العدد {value} أسر.\nوكلفت {value} دراهم."
        facts: dict[str, Any] = {"indicator": draw.choice((None, "asd.households"))}
        claims = [claim(body, f"{value} أسر", value, **facts)] if draw.random() < 0.9 else []
        if draw.random() < 0.5:
            claims.append(claim(body, f"{value} دراهم", value, kind="money", unit="MAD"))
        saved = save(
            store,
            article(
                body,
                f"https://{site}/{draw.randrange(4)}",
                site=site,
                title=draw.choice(WORDS),
                source_name=draw.choice((None, None, "العلم")),
                published_at=draw.choice((None, T0 - timedelta(days=draw.randrange(3)))),
            ),
            claims,
            ruleset=draw.choice("12"),
            read_at=later(draw.randrange(50)),
            run_id=draw.choice(runs),
        )
        outcomes.add(saved.outcome)
    assert outcomes == {"new", "revised", "updated", "unchanged"}
    kept = content(store)
    assert all(rows for name, rows in kept.items() if name != "search in titles")
    rebuild(store)
    assert content(store) == kept
    assert list(check(store)) == []


def test_a_refused_article_leaves_no_derived_row(store: Store) -> None:
    body = "بلغ العدد 5 أسر في جميع الجهات."
    save(store, article(body), [claim(body, "5 أسر", 5, indicator="asd.households")])
    before = content(store)
    with pytest.raises(StoreRefused):
        save(
            store,
            article(body.replace("5", "6")),
            [claim(body, "5 أسر", 5, indicator="asd.households")],
            read_at=later(1),
        )
    assert content(store) == before


# The history of a text

SENTENCE = "وبلغ عدد الأسر المستفيدة من الدعم المباشر {} أسر إلى غاية متم الشهر."


def edit(store: Store, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The changes between two texts with these claims, each in a sentence of its own."""
    for hours, figures in enumerate((before, after)):
        sentences, claims = [], []
        for at, figure in enumerate(figures):
            sentences.append(figure.get("sentence", SENTENCE).format(f"{figure['value']:g}" + "\u200b" * at))
        body = "\n".join(sentences) or "لا أرقام."
        for at, figure in enumerate(figures):
            text = f"{figure['value']:g}" + "\u200b" * at
            facts = {name: value for name, value in figure.items() if name not in ("value", "sentence")}
            claims.append(claim(body, text, figure["value"], **({"indicator": "asd.households"} | facts)))
        save(store, article(f"{body}\nقراءة {'أ' * (hours + 1)}"), claims, read_at=later(hours))
    return [
        tuple(row.values())
        for row in store.rows("SELECT change, value_before, value_after FROM claims_history ORDER BY 1, 2, 3")
    ]


OTHER = "وتبلغ كلفة تأهيل المراكز الصحية بالعالم القروي {} دراهم حسب الوثيقة."


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([{"value": 4.0}], [{"value": 4.0}], []),
        ([{"value": 4.0}], [{"value": 5.0}], [("raised", 4.0, 5.0)]),
        ([{"value": 5.0}], [{"value": 4.0}], [("corrected", 5.0, 4.0)]),
        ([{"value": 4.0}], [{"value": 4.0, "unit": "person"}], [("corrected", 4.0, 4.0)]),
        ([{"value": 4.0}], [{"value": 4.0, "qualifier": "more_than"}], [("corrected", 4.0, 4.0)]),
        ([{"value": 4.0}], [], [("removed", 4.0, None)]),
        ([], [{"value": 4.0}], [("added", None, 4.0)]),
        # Moved within the text, beside another one
        ([{"value": 4.0}, {"value": 7.0}], [{"value": 7.0}, {"value": 4.0}], []),
        ([{"value": 4.0}, {"value": 7.0}], [{"value": 7.0}, {"value": 6.0}], [("raised", 4.0, 6.0)]),
        # Figures of no indicator are the same one where their sentences are alike
        (
            [{"value": 4.0, "indicator": None}],
            [{"value": 6.0, "indicator": None}],
            [("raised", 4.0, 6.0)],
        ),
        (
            [{"value": 4.0, "indicator": None}],
            [{"value": 6.0, "indicator": None, "sentence": OTHER}],
            [("added", None, 6.0), ("removed", 4.0, None)],
        ),
        (
            [{"value": 4.0, "indicator": None}, {"value": 9.0, "indicator": None, "sentence": OTHER}],
            [{"value": 11.0, "indicator": None, "sentence": OTHER}, {"value": 4.0, "indicator": None}],
            [("raised", 9.0, 11.0)],
        ),
    ],
)
def test_what_an_edit_changed(
    store: Store, before: list[dict[str, Any]], after: list[dict[str, Any]], expected: list[tuple[Any, ...]]
) -> None:
    assert edit(store, before, after) == expected


def test_the_history_shows_both_sentences_and_follows_the_order_of_reading(store: Store) -> None:
    for hours, value in ((2, 6), (1, 5), (3, 4)):
        body = SENTENCE.format(value)
        text = f"{value} أسر"
        save(
            store, article(body), [claim(body, text, value, indicator="asd.households")], read_at=later(hours)
        )
    rows = store.rows("SELECT * FROM claims_history ORDER BY read_after")
    assert [(row["change"], row["value_before"], row["value_after"]) for row in rows] == [
        ("raised", 5, 6),
        ("corrected", 6, 4),
    ]
    assert (rows[0]["sentence_before"], rows[0]["sentence_after"]) == (SENTENCE.format(5), SENTENCE.format(6))
    assert (rows[0]["revision_before"], rows[0]["revision_after"]) == (2, 1)


# Conflicts


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ((4e6, "exact"), (3_942_000.0, "exact"), False),
        ((4e6, "exact"), (3_400_000.0, "exact"), True),
        ((4e6, "exact"), (4.3e6, "exact"), False),
        ((4e6, "exact"), (4.6e6, "exact"), True),
        ((3_942_000.0, "exact"), (3_943_000.0, "exact"), False),
        ((3_942_000.0, "exact"), (3_944_000.0, "exact"), True),
        ((4e6, "more_than"), (4_180_000.0, "exact"), False),
        ((4e6, "more_than"), (3_942_000.0, "exact"), True),
        ((4e6, "less_than"), (3_942_000.0, "exact"), False),
        ((4e6, "less_than"), (4_180_000.0, "exact"), True),
        ((4e6, "approx"), (3_700_000.0, "exact"), False),
        ((1e6, "exact"), (1_300_000.0, "exact"), True),
        ((12.8, "exact"), (13.0, "exact"), False),
        ((12.8, "exact"), (13.9, "exact"), True),
        ((0.0, "exact"), (0.0, "exact"), False),
    ],
)
def test_figures_conflict_where_rounding_does_not_tell_why_they_differ(
    store: Store, one: tuple[float, str], other: tuple[float, str], conflict: bool
) -> None:
    july = {"when_start": T0.date(), "when_end": T0.date(), "when_relation": "as_of"}
    for site, (value, qualifier) in (("a", one), ("b", other)):
        body = f"بلغ العدد {value:.1f} عند {site}."
        what = claim(body, f"{value:.1f}", value, indicator="asd.households", qualifier=qualifier, **july)
        save(store, article(body, f"https://{site}.example/1", site=f"{site}.example"), [what])
    rows = store.rows("SELECT * FROM conflicts")
    assert len(rows) == conflict
    if conflict:
        (row,) = rows
        assert {row["low_value"], row["high_value"]} == {one[0], other[0]}
        assert (row["date"], row["figures"], row["clusters"]) == ("2025-09-17", 2, 2)
        assert {row["low_url"], row["high_url"]} == {"https://a.example/1", "https://b.example/1"}


def test_the_first_article_of_a_day_is_looked_up_in_the_index(store: Store) -> None:
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    save(store, article("الدعم", published_at=T0))
    store.db.conn.set_trace_callback(None)
    (query,) = (each for each in asked if each.startswith("SELECT 1 FROM articles"))
    ((*_, plan),) = store.db.execute(f"EXPLAIN QUERY PLAN {query}").fetchall()
    assert "published_on>" in plan
