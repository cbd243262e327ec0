"""The views: each answers the question that it is there for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_samples import INDICATORS, MOROCCO, T0, URL, article, claim, later, save, seed

from store import DiscoveredUrl, Store, schema


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hasila.db") as opened:
        opened.load_indicators(INDICATORS)
        yield opened


COMMUNIQUE = (
    "وأوضح البلاغ أن التحويلات تصل إلى الأسر في اليوم نفسه عبر الأبناك ووكالات تحويل الأموال، وأن المصالح الترابية "
    "تواكب كل من تغيرت وضعيته وتساعده على تحيين معطياته في السجل قبل نهاية الشهر."
)


def say(store: Store, outlet: str, day: int, value: float, **fields: Any) -> str:
    """Has an outlet print a figure of the direct aid's households on a day of September 2025; returns its sentence.

    With `reprint` the text is that of one communiqué, else one of its own.
    """
    sentence = f"بلغ عدد الأسر {value:g} أسرة حسب {outlet} يوم {day}."
    rest = COMMUNIQUE if fields.pop("reprint", False) else "خاتمة."
    about: dict[str, Any] = {"site": outlet, "published_at": datetime(2025, 9, day, tzinfo=MOROCCO)}
    about |= fields.pop("about", {})
    what = article(f"مقدمة.\n{sentence}\n{rest}", f"https://{outlet}/{day}/{value:g}", **about)
    facts = {"indicator": "asd.households"} | fields
    read_at = T0 + timedelta(days=day)
    save(store, what, [claim(what.body, f"{value:g} أسرة", value, **facts)], read_at=read_at)
    return sentence


def series(store: Store, *columns: str) -> list[tuple[object, ...]]:
    names = ", ".join(columns)
    rows = store.rows(f"SELECT {names} FROM indicator_series ORDER BY indicator, date, value")
    return [tuple(row.values()) for row in rows]


AS_OF_JULY: dict[str, Any] = {
    "when_start": date(2025, 7, 31),
    "when_end": date(2025, 7, 31),
    "when_relation": "as_of",
}


def test_claims_latest_traces_a_figure_to_its_sentence_and_page(store: Store) -> None:
    seed(store)
    (row,) = store.rows("SELECT * FROM claims_latest WHERE kind = 'count'")
    assert row["sentence"] == "قالت الوزارة إن 4 ملايين أسرة تستفيد."
    assert (row["indicator"], row["value"], row["source"]) == ("asd.households", 4e6, "الوزارة")
    assert (row["url"], row["site"], row["title"], row["published_on"]) == (
        URL,
        "akhbar.example",
        "حصيلة الدعم",
        "2025-09-17",
    )
    assert (row["read_at"], row["revision_number"], row["ruleset"]) == ("2025-09-17T10:30:00Z", 1, "1")


def test_a_communique_is_one_point_a_figure_and_date_however_many_outlets_print_it(store: Store) -> None:
    say(store, "b.example", 18, 4e6, qualifier="more_than", reprint=True, **AS_OF_JULY)
    first = say(store, "a.example", 17, 4e6, reprint=True, **AS_OF_JULY)
    say(store, "c.example", 20, 4e6, reprint=True, **AS_OF_JULY)
    say(store, "c.example", 21, 4e6, change="to", reprint=True, **AS_OF_JULY)
    say(store, "a.example", 19, 3.9e6, reprint=True, **AS_OF_JULY)
    assert series(store, "date", "date_basis", "value", "unit", "outlets", "articles") == [
        ("2025-07-31", "text", 3.9e6, "household", 1, 1),
        ("2025-07-31", "text", 4e6, "household", 3, 4),
    ]
    assert series(store, "qualifier", "sentence", "url", "site", "first_published", "last_published")[1] == (
        "exact",
        first,
        "https://a.example/17/4e+06",
        "a.example",
        "2025-09-17",
        "2025-09-21",
    )
    assert series(store, "first_seen", "last_seen")[1] == ("2025-10-04T10:30:00Z", "2025-10-08T10:30:00Z")


def test_two_communiques_with_one_figure_are_two_points(store: Store) -> None:
    say(store, "a.example", 17, 4e6, reprint=True, **AS_OF_JULY)
    say(store, "b.example", 18, 4e6, **AS_OF_JULY)
    say(store, "c.example", 19, 4e6, reprint=True, **AS_OF_JULY)
    assert series(store, "cluster", "value", "outlets") == [(1, 4e6, 2), (2, 4e6, 1)]


def test_a_figure_without_a_date_has_that_of_its_first_print_and_says_so(store: Store) -> None:
    say(store, "b.example", 18, 4e6, reprint=True)
    say(store, "a.example", 17, 4e6, reprint=True)
    say(store, "c.example", 19, 4e6, reprint=True, when_start=date(2023, 12, 1), when_relation="since")
    say(store, "d.example", 20, 4e6)
    assert series(store, "date", "date_basis", "outlets", "when_start", "when_relation") == [
        ("2025-09-17", "publication", 3, None, None),
        ("2025-09-20", "publication", 1, None, None),
    ]


def test_a_figure_of_an_undated_text_is_kept_without_a_date(store: Store) -> None:
    undated = {"published_at": None, "published_raw": None}
    say(store, "a.example", 17, 4e6, about=undated, reprint=True)
    say(
        store,
        "b.example",
        18,
        4e6,
        about=undated | {"site": "", "canonical": "text:sha256-1"},
        reprint=True,
    )
    assert series(store, "date", "date_basis", "outlets") == [(None, "unknown", 2)]


def test_a_period_ends_on_its_last_day(store: Store) -> None:
    year = {"when_start": date(2024, 1, 1), "when_end": date(2024, 12, 31), "when_relation": "during"}
    say(store, "a.example", 17, 4e6, **year)
    assert series(store, "date", "when_start", "when_relation") == [("2024-12-31", "2024-01-01", "during")]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({}, True),
        ({"change": "to"}, True),
        ({"change": "from"} | AS_OF_JULY, True),
        ({"change": "from"}, False),  # an earlier level, at a date that the text does not tell
        ({"change": "increase"}, False),
        ({"change": "decrease"} | AS_OF_JULY, False),
        ({"modality": "planned"}, False),
        ({"modality": "negated"}, False),
        ({"indicator": None}, False),
    ],
    ids=str,
)
def test_a_series_holds_levels_that_the_texts_state_as_so(
    store: Store, fields: dict[str, Any], kept: bool
) -> None:
    say(store, "a.example", 17, 4e6, **fields)
    assert len(series(store, "value")) == kept


def test_a_reprint_counts_as_the_newspaper_that_it_is_from(store: Store) -> None:
    for day in (17, 18):
        say(
            store, "maghress.example", day, 4e6, about={"source_name": "اليوم 24"}, reprint=True, **AS_OF_JULY
        )
    say(store, "maghress.example", 19, 4e6, about={"source_name": "العلم"}, reprint=True, **AS_OF_JULY)
    assert series(store, "outlets", "articles") == [(2, 3)]


def test_counts_have_the_unit_of_the_series_and_money_its_own(store: Store) -> None:
    about = {"indicator": "rnp.registered", "reprint": True} | AS_OF_JULY
    say(store, "a.example", 17, 23e6, unit="person", **about)
    say(store, "b.example", 17, 23e6, unit="registered", **about)
    say(store, "c.example", 17, 23e6, unit=None, **about)
    money = {"indicator": "asd.spending", "kind": "money", "reprint": True} | AS_OF_JULY
    say(store, "a.example", 18, 25e9, unit="MAD", **money)
    say(store, "b.example", 18, 25e9, unit=None, **money)
    say(store, "c.example", 18, 25e9, unit="USD", **money)
    assert sorted(series(store, "indicator", "unit", "outlets")) == [
        ("asd.spending", "MAD", 2),
        ("asd.spending", "USD", 1),
        ("rnp.registered", "person", 3),
    ]


def test_rates_and_ranges_are_points_of_their_own(store: Store) -> None:
    say(store, "a.example", 17, 500, per="month", **AS_OF_JULY)
    say(store, "b.example", 17, 500, per="child", **AS_OF_JULY)
    say(store, "c.example", 17, 500, qualifier="range", value_high=1000.0, **AS_OF_JULY)
    assert len(series(store, "value")) == 3


def test_the_series_follows_the_latest_revision(store: Store) -> None:
    say(store, "a.example", 17, 4e6)
    corrected = article("بلغ العدد 5 أسر.", "https://a.example/17/4e+06", site="a.example")
    save(
        store,
        corrected,
        [claim(corrected.body, "5 أسر", 5, indicator="asd.households")],
        read_at=T0 + timedelta(days=40),
    )
    assert series(store, "value", "sentence") == [(5.0, "بلغ العدد 5 أسر.")]


def test_run_health_tells_what_a_run_brought_and_found_odd(store: Store) -> None:
    seed(store)
    run = store.begin_run("crawl", ["akhbar"], program="0.1.0", ruleset="1", at=later(1))
    edited = article("قالت الوزارة إن 5 أسر تستفيد.")
    save(store, edited, [claim(edited.body, "5 أسر", 5)], run_id=run, read_at=later(1))
    for kind in ("no_date", "no_author", "no_date"):
        store.add_issue(kind, "odd", run_id=run, at=later(1))
    running, done = store.rows("SELECT * FROM run_health ORDER BY run DESC")
    assert (done["run"], done["state"], done["seconds"], done["articles_new"], done["articles_revised"]) == (
        1,
        "done",
        1800,
        1,
        0,
    )
    assert (done["claims"], done["issues"], done["issue_kinds"], done["counters"]) == (
        2,
        1,
        '{"no_author":1}',
        '{"pages": 1}',
    )
    assert (running["state"], running["seconds"], running["articles_new"], running["articles_revised"]) == (
        "running",
        None,
        0,
        1,
    )
    assert (running["issues"], running["issue_kinds"]) == (3, '{"no_author":1,"no_date":2}')


def test_articles_by_site_and_claims_by_kind(store: Store) -> None:
    seed(store)
    say(store, "a.example", 3, 7)
    say(store, "a.example", 5, 9, kind="money", unit="MAD", indicator=None)
    revised = article("نص آخر", "https://a.example/5/9", site="a.example")
    save(store, revised, read_at=later(1000))
    assert [
        tuple(row.values())[:4] for row in store.rows("SELECT * FROM articles_by_site ORDER BY site")
    ] == [
        ("a.example", 2, 3, 1),
        ("akhbar.example", 1, 1, 2),
    ]
    assert [tuple(row.values()) for row in store.rows("SELECT * FROM claims_by_kind ORDER BY kind")] == [
        ("count", 2, 2, 2),
        ("date", 1, 0, 1),
    ]


def test_pages_by_state(store: Store) -> None:
    urls = [DiscoveredUrl(url=f"https://a.example/{n}", found_by="rss") for n in range(5)]
    store.discover("a", urls, at=T0)
    store.mark_page(urls[0].url, "pending", at=T0, next_try_at=later(3))
    store.mark_page(urls[1].url, "pending", at=T0, next_try_at=later(2))
    store.mark_page(urls[2].url, "not_article", at=T0, kind="listing")
    store.mark_page(urls[3].url, "done", at=T0)
    assert [
        tuple(row.values()) for row in store.rows("SELECT * FROM pages_by_state ORDER BY site, state, kind")
    ] == [
        ("a", "done", None, 1, None),
        ("a", "not_article", "listing", 1, None),
        ("a", "pending", None, 3, "2025-09-17T12:30:00Z"),
    ]


def test_the_largest_figures_are_each_there_once(store: Store) -> None:
    say(store, "b.example", 18, 4e6)
    sentence = say(store, "a.example", 17, 4e6)
    say(store, "a.example", 19, 25e9, kind="money", unit="MAD", indicator=None)
    say(store, "a.example", 20, 9e9, modality="planned")
    say(store, "a.example", 21, 60, kind="percent", unit="percent", indicator=None)
    rows = store.rows("SELECT * FROM largest_figures ORDER BY value DESC")
    assert [(row["value"], row["unit"], row["articles"]) for row in rows] == [
        (25e9, "MAD", 1),
        (4e6, "household", 2),
    ]
    assert (rows[1]["sentence"], rows[1]["published_on"], rows[1]["site"]) == (
        sentence,
        "2025-09-17",
        "a.example",
    )


@pytest.mark.parametrize("view", schema.views())
def test_the_views_of_an_empty_database_are_empty(store: Store, view: str) -> None:
    assert store.rows(f"SELECT * FROM {view}") == []
