"""Writing: pages and their states, runs and issues, articles with their revisions and claims."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from store_samples import (
    BODY,
    CLAIMS,
    FIRST_SENTENCE,
    INDICATORS,
    MOROCCO,
    T0,
    URL,
    article,
    claim,
    later,
    save,
    seed,
)

from extract.records import PageKind
from store import DiscoveredUrl, Saved, Store, StoreError, StoreRefused
from store.articles import sentences_of
from store.upkeep import check

A, B, C = (f"https://akhbar.example/{name}" for name in "abc")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hasila.db") as opened:
        opened.load_indicators(INDICATORS)
        yield opened


def found(*urls: str, by: str = "rss") -> list[DiscoveredUrl]:
    return [DiscoveredUrl(url=url, found_by=by) for url in urls]


def changes(store: Store) -> int:
    """Rows written by this connection so far."""
    return store.db.conn.total_changes


# Pages


def test_discovered_pages_are_pending_once(store: Store) -> None:
    assert store.discover("akhbar", found(B, A, B), at=T0) == [B, A]
    assert store.discover("akhbar", found(A, C, by="sitemap"), at=later(1)) == [C]
    assert store.pending("akhbar", at=T0) == [B, A, C]
    assert store.pending("akhbar", at=T0, limit=2) == [B, A]
    assert store.pending("another", at=T0) == []
    page = store.page(A)
    assert page is not None
    assert (page.found_by, page.discovered_at, page.fetched_at, page.tries) == ("rss", T0, None, 0)
    assert store.page("https://akhbar.example/unknown") is None


def test_discovering_known_pages_writes_nothing(store: Store) -> None:
    store.discover("akhbar", found(A, B), at=T0)
    before = changes(store)
    assert store.discover("akhbar", found(A, B), at=later(1)) == []
    assert changes(store) == before


def test_a_page_with_a_later_try_is_due_then(store: Store) -> None:
    store.discover("akhbar", found(A, B), at=T0)
    store.mark_page(A, "pending", at=T0, reason="HTTP 503", next_try_at=later(2))
    assert store.pending("akhbar", at=later(1.99)) == [B]
    assert store.pending("akhbar", at=later(2)) == [A, B]


def test_a_moment_of_another_zone_is_stored_in_utc(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    # Morocco is at UTC+1, but at UTC+0 in Ramadan: in 2025 from 23 February to 6 April.
    for local, utc in [
        (datetime(2025, 3, 10, 12, 0, tzinfo=MOROCCO), datetime(2025, 3, 10, 12, 0, tzinfo=UTC)),
        (datetime(2025, 5, 10, 12, 0, tzinfo=MOROCCO), datetime(2025, 5, 10, 11, 0, tzinfo=UTC)),
    ]:
        store.mark_page(A, "pending", at=T0, next_try_at=local)
        page = store.page(A)
        assert page is not None
        assert page.next_try_at == utc
        assert store.rows("SELECT next_try_at FROM pages") == [{"next_try_at": f"{utc:%Y-%m-%dT%H:%M:%SZ}"}]


def test_a_moment_without_a_zone_is_a_mistake(store: Store) -> None:
    with pytest.raises(ValueError, match="no zone"):
        store.discover("akhbar", found(A), at=datetime(2025, 9, 17))  # noqa: DTZ001 - the mistake
    assert store.page(A) is None


def test_tries_are_failed_tries_in_a_row(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    tries = []
    for state in ("pending", "pending", "failed", "failed", "pending", "pending", "done", "pending", "gone"):
        store.mark_page(A, state, at=T0)  # type: ignore[arg-type]
        page = store.page(A)
        assert page is not None
        tries.append(page.tries)
    assert tries == [1, 2, 3, 4, 0, 1, 0, 0, 0]


def test_an_answer_keeps_what_the_next_request_needs(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    store.mark_page(
        A, "done", at=T0, etag='"1"', last_modified="Wed, 17 Sep 2025 10:30:00 GMT", content_hash="h"
    )
    store.mark_page(A, "pending", at=later(1), reason="timeout\n after 30 s", next_try_at=later(2))
    page = store.page(A)
    assert page is not None
    assert (page.etag, page.last_modified, page.content_hash) == ('"1"', "Wed, 17 Sep 2025 10:30:00 GMT", "h")
    assert (page.state, page.reason, page.fetched_at) == ("pending", "timeout after 30 s", T0)


def test_the_same_answer_again_writes_nothing(store: Store) -> None:
    store.discover("akhbar", found(A, B), at=T0)
    store.mark_page(A, "done", at=T0, etag='"1"')
    store.mark_page(B, "not_article", at=T0, kind=PageKind.LISTING, reason="20 links")
    before = changes(store)
    store.mark_page(A, "done", at=later(1), etag='"1"')
    store.mark_page(A, "done", at=later(1))  # a 304 without its ETag
    store.mark_page(B, "not_article", at=later(1), kind=PageKind.LISTING, reason="20 links")
    assert changes(store) == before
    store.mark_page(A, "done", at=later(1), etag='"2"')
    page = store.page(A)
    assert page is not None
    assert (page.etag, page.fetched_at) == ('"2"', later(1))


def test_a_page_that_is_no_article_says_what_it_is(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    with pytest.raises(StoreRefused, match="only_a_page_that_is_no_article_has_a_kind"):
        store.mark_page(A, "not_article", at=T0)
    store.mark_page(A, "not_article", at=T0, kind="challenge", reason="a bot check")
    page = store.page(A)
    assert page is not None
    assert (page.state, page.kind, page.reason, page.fetched_at) == (
        "not_article",
        "challenge",
        "a bot check",
        T0,
    )
    assert store.pending("akhbar", at=later(100)) == []


def test_a_page_that_was_never_discovered(store: Store) -> None:
    with pytest.raises(StoreError, match="discover it first"):
        store.mark_page(A, "done", at=T0)
    with pytest.raises(StoreError, match="discover it first"):
        save(store, article(BODY), CLAIMS, page_url=A)
    assert store.rows("SELECT * FROM articles") == []


# Runs, issues, indicators


def test_runs_open_and_close(store: Store) -> None:
    run = store.begin_run("crawl", ["akhbar", "أخبار"], program="0.1.0", ruleset="1", at=T0)
    assert store.rows("SELECT state, ended_at, sites FROM runs") == [
        {"state": "running", "ended_at": None, "sites": '["akhbar", "أخبار"]'}
    ]
    store.end_run(run, "degraded", {"pages": 3}, at=later(1))
    assert store.rows("SELECT state, ended_at, counters FROM runs") == [
        {"state": "degraded", "ended_at": "2025-09-17T11:30:00Z", "counters": '{"pages": 3}'}
    ]
    with pytest.raises(StoreError, match="no run 99"):
        store.end_run(99, "done", {}, at=T0)


def test_the_run_of_a_killed_process_is_closed_by_the_next(store: Store) -> None:
    done = store.begin_run("crawl", [], program="0", ruleset="1", at=T0)
    store.end_run(done, "done", {}, at=T0)
    store.begin_run("crawl", [], program="0", ruleset="1", at=T0)
    assert store.close_abandoned_runs(at=later(2)) == 1
    assert store.close_abandoned_runs(at=later(3)) == 0
    assert store.rows("SELECT state, ended_at FROM runs ORDER BY id") == [
        {"state": "done", "ended_at": "2025-09-17T10:30:00Z"},
        {"state": "interrupted", "ended_at": "2025-09-17T12:30:00Z"},
    ]


def test_an_issue_is_one_line(store: Store) -> None:
    store.add_issue("no_date", "no date\r\nin  the page\u2028at all", url=A, at=T0)
    assert store.rows("SELECT run, site, url, kind, message, at FROM issues") == [
        {
            "run": None,
            "site": None,
            "url": A,
            "kind": "no_date",
            "message": "no date in the page at all",
            "at": "2025-09-17T10:30:00Z",
        }
    ]


def test_the_catalogue_is_brought_up_to_date(store: Store) -> None:
    before = changes(store)
    store.load_indicators(INDICATORS)
    assert changes(store) == before
    store.load_indicators([replace(INDICATORS[0], label_en="Families")])
    assert changes(store) == before + 1
    assert store.rows("SELECT count(*) AS n, min(label_en) AS first FROM indicators") == [
        {"n": 3, "first": "Families"}
    ]


def test_sql_in_a_value_is_a_value(store: Store) -> None:
    hostile = "a'); DROP TABLE pages; --\""
    store.discover(hostile, found(hostile, by=hostile), at=T0)
    store.mark_page(hostile, "failed", at=T0, reason=hostile)
    store.add_issue("odd", hostile, site=hostile, url=hostile, at=T0)
    save(store, article(BODY, hostile, site=hostile, title=hostile), page_url=hostile, mark_done=True)
    assert store.pending(hostile, at=T0) == []
    page = store.page(hostile)
    assert page is not None
    assert page.state == "done"
    assert store.rows("SELECT site FROM articles_by_site") == [{"site": hostile}]


# Articles


def test_a_new_article_with_its_claims(store: Store) -> None:
    seed(store)
    (row,) = store.rows("SELECT * FROM articles")
    assert row["published_at"] == "2025-09-16T23:00:00Z"
    assert row["published_on"] == "2025-09-17"  # the day that the newspaper printed
    assert (row["first_seen"], row["last_seen"], row["relevance"]) == ("2025-09-17T10:30:00Z",) * 2 + (4.5,)
    (row,) = store.rows("SELECT * FROM revisions")
    assert (row["number"], row["method"], row["theme"], row["ruleset"]) == (1, "theme", "jnews", "1")
    first, second = store.rows("SELECT * FROM claims ORDER BY start")
    assert (first["text"], first["value"], first["rules"]) == (
        "4 ملايين أسرة",
        4e6,
        '["numeral.digits", "unit.household"]',
    )
    assert (second["kind"], second["when_start"], second["precision"]) == ("date", "2023-12-02", "day")
    page = store.page(URL)
    assert page is not None
    assert (page.state, page.article, page.fetched_at) == ("done", 1, T0)


def test_the_day_of_publication_is_the_one_in_morocco(store: Store) -> None:
    published = datetime(2025, 9, 16, 23, 30, tzinfo=UTC)
    save(store, article(BODY, published_at=published))
    assert store.rows("SELECT published_at, published_on FROM articles") == [
        {"published_at": "2025-09-16T23:30:00Z", "published_on": "2025-09-17"}
    ]


@pytest.mark.parametrize(
    ("local", "stored"),
    [
        ("2025-02-22T00:30+01:00", "2025-02-21T23:30:00Z"),
        ("2025-03-10T00:30+00:00", "2025-03-10T00:30:00Z"),
        ("2025-04-07T00:30+01:00", "2025-04-06T23:30:00Z"),
    ],
)
def test_a_day_begins_at_midnight_in_morocco_in_ramadan_as_well(
    store: Store, local: str, stored: str
) -> None:
    """From 23 February to 6 April 2025 clocks there showed UTC, else an hour more."""
    day = datetime.fromisoformat(local)
    save(store, article(BODY, published_at=day.replace(tzinfo=MOROCCO)))
    assert store.rows("SELECT published_at, published_on FROM articles") == [
        {"published_at": stored, "published_on": local[:10]}
    ]


@pytest.mark.parametrize(("hours", "odd"), [(0, 0), (20, 0), (25, 1)])
def test_an_article_of_the_future_is_stored_and_flagged(store: Store, hours: int, odd: int) -> None:
    for _ in range(2):  # reading it again says nothing again
        save(store, article(BODY, published_at=later(hours)))
    assert len(store.rows("SELECT 1 FROM articles")) == 1
    issues = store.rows("SELECT url, message FROM issues WHERE kind = 'future_date'")
    assert len(issues) == odd
    assert all(issue["url"] == URL and "2025-09-18T11:30:00Z" in issue["message"] for issue in issues)


def test_a_clock_that_was_set_back_stops_nothing(store: Store) -> None:
    run = store.begin_run("crawl", [], program="0", ruleset="1", at=later(5))
    save(store, article(BODY), CLAIMS, read_at=later(5), run_id=run)
    edited = BODY.replace("4 ملايين", "5 ملايين")
    assert save(store, article(edited), read_at=later(4), run_id=run).outcome == "revised"
    store.end_run(run, "done", {}, at=later(4))
    assert store.rows("SELECT body FROM revisions WHERE id = (SELECT latest FROM articles)") == [
        {"body": BODY}
    ]
    assert list(check(store)) == []


def test_an_article_without_a_date_or_a_url(store: Store) -> None:
    text = article(BODY, canonical="text:sha256-1", url="", site="", published_at=None, published_raw=None)
    assert save(store, text, CLAIMS).outcome == "new"
    assert save(store, text, CLAIMS, read_at=later(5)).outcome == "unchanged"
    assert len(store.rows("SELECT 1 FROM articles")) == 1


def test_the_same_reading_again_writes_nothing(store: Store) -> None:
    seed(store)
    before = changes(store)
    options: dict[str, Any] = {"page_url": URL, "run_id": 1, "mark_done": True}
    again = save(store, article(BODY), CLAIMS, read_at=later(24), **options)
    assert again == Saved(article_id=1, revision_id=1, outcome="unchanged")
    assert changes(store) == before
    assert len(store.rows("SELECT 1 FROM claims")) == 2


def test_an_edited_text_is_a_revision_with_claims_of_its_own(store: Store) -> None:
    first = save(store, article(BODY), CLAIMS)
    edited = BODY.replace("4 ملايين", "5 ملايين")
    second = save(
        store,
        article(edited, title="تصحيح"),
        [claim(edited, "5 ملايين أسرة", 5e6, indicator="asd.households")],
        read_at=later(3),
    )
    assert (first.outcome, second.outcome) == ("new", "revised")
    assert first.article_id == second.article_id
    assert store.rows("SELECT revision, value FROM claims WHERE kind = 'count' ORDER BY id") == [
        {"revision": first.revision_id, "value": 4e6},
        {"revision": second.revision_id, "value": 5e6},
    ]
    assert store.rows("SELECT number, title FROM revisions ORDER BY id") == [
        {"number": 1, "title": "حصيلة الدعم"},
        {"number": 2, "title": "تصحيح"},
    ]
    assert store.rows("SELECT title, latest, first_seen, last_seen FROM articles") == [
        {
            "title": "تصحيح",
            "latest": second.revision_id,
            "first_seen": "2025-09-17T10:30:00Z",
            "last_seen": "2025-09-17T13:30:00Z",
        }
    ]
    assert [row["value"] for row in store.rows("SELECT value FROM claims_latest")] == [5e6]


def test_other_rules_make_the_claims_anew(store: Store) -> None:
    first = save(store, article(BODY), CLAIMS)
    better = [replace(CLAIMS[0], qualifier="approx")]
    again = save(store, article(BODY), better, ruleset="2", read_at=later(1))
    assert again == replace(first, outcome="updated")
    assert store.rows("SELECT qualifier FROM claims") == [{"qualifier": "approx"}]
    assert store.rows("SELECT ruleset, number, read_at FROM revisions") == [
        {"ruleset": "2", "number": 1, "read_at": "2025-09-17T10:30:00Z"}
    ]
    before = changes(store)
    assert save(store, article(BODY), better, ruleset="2", read_at=later(2)).outcome == "unchanged"
    assert changes(store) == before


def test_what_is_said_about_the_article_follows_the_latest_reading(store: Store) -> None:
    save(store, article(BODY), CLAIMS)
    corrected = article(BODY, title="حصيلة", author="هيئة التحرير")
    assert save(store, corrected, CLAIMS, read_at=later(1)).outcome == "updated"
    older = article(BODY, title="عنوان سابق")
    assert save(store, older, CLAIMS, read_at=later(-1)).outcome == "unchanged"
    assert store.rows("SELECT title, author, last_seen FROM articles") == [
        {"title": "حصيلة", "author": "هيئة التحرير", "last_seen": "2025-09-17T11:30:00Z"}
    ]
    assert len(store.rows("SELECT 1 FROM revisions")) == 1


TEXTS = {name: f"نص {name}" for name in "abc"}


def history(store: Store) -> tuple[list[str], str]:
    """The texts of the one article by the moment they were read, and the latest one."""
    rows = store.rows("SELECT body FROM revisions ORDER BY read_at, number")
    (latest,) = store.rows("SELECT body FROM revisions JOIN articles ON latest = revisions.id")
    return [row["body"][-1] for row in rows], latest["body"][-1]


def test_a_text_that_comes_back_is_a_revision_again(store: Store) -> None:
    outcomes = [save(store, article(TEXTS[name]), read_at=later(n)).outcome for n, name in enumerate("abab")]
    assert outcomes == ["new", "revised", "revised", "revised"]
    assert history(store) == (["a", "b", "a", "b"], "b")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))), ids=str)
def test_archived_pages_may_be_read_in_any_order_and_again(store: Store, order: tuple[int, ...]) -> None:
    readings = [(later(n), TEXTS[name]) for n, name in enumerate("abc")]
    for index in order:
        save(store, article(readings[index][1]), read_at=readings[index][0])
    assert history(store) == (["a", "b", "c"], "c")
    assert store.rows("SELECT first_seen, last_seen FROM articles") == [
        {"first_seen": "2025-09-17T10:30:00Z", "last_seen": "2025-09-17T12:30:00Z"}
    ]
    before = changes(store)
    for index in order:
        assert save(store, article(readings[index][1]), read_at=readings[index][0]).outcome == "unchanged"
    assert changes(store) == before


def test_one_article_at_two_urls(store: Store) -> None:
    store.discover("akhbar", found(A, B), at=T0)
    first = save(store, article(BODY, A, canonical=A), CLAIMS, page_url=A, mark_done=True)
    twin = save(store, article(BODY, A, canonical=A), CLAIMS, page_url=B, mark_done=True)
    assert (first.article_id, first.revision_id) == (twin.article_id, twin.revision_id)
    assert (
        store.rows("SELECT state, article FROM pages") == [{"state": "done", "article": first.article_id}] * 2
    )


def test_without_mark_done_the_page_stays_pending(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    save(store, article(BODY, A), CLAIMS, page_url=A)
    assert store.pending("akhbar", at=T0) == [A]
    with pytest.raises(ValueError, match="page_url"):
        save(store, article(BODY, B), CLAIMS, mark_done=True)
    assert len(store.rows("SELECT 1 FROM articles")) == 1


def test_a_refused_claim_leaves_nothing_of_its_article(store: Store) -> None:
    store.discover("akhbar", found(A), at=T0)
    wrong = [CLAIMS[0], replace(CLAIMS[1], start=0, end=len(CLAIMS[1].text))]
    with pytest.raises(StoreRefused, match="not what the body holds"):
        save(store, article(BODY, A), wrong, page_url=A, mark_done=True)
    for table in ("articles", "revisions", "claims"):
        assert store.rows(f"SELECT * FROM {table}") == []
    assert store.pending("akhbar", at=T0) == [A]


def test_an_indicator_outside_the_catalogue_is_refused(store: Store) -> None:
    with pytest.raises(StoreRefused, match="FOREIGN KEY"):
        save(store, article(BODY), [replace(CLAIMS[0], indicator="asd.unknown")])


@pytest.mark.parametrize("field", ["body", "title", "canonical"])
def test_a_text_that_is_no_unicode_is_refused(store: Store, field: str) -> None:
    with pytest.raises(StoreRefused, match="lone surrogate"):
        save(store, replace(article(BODY), **{field: "نص \ud83d"}))
    assert store.rows("SELECT * FROM articles") == []


def test_a_number_too_large_for_the_database_is_refused(store: Store) -> None:
    with pytest.raises(StoreRefused, match="too large"):
        save(store, article(BODY), [replace(CLAIMS[0], value=10**30)])
    assert store.rows("SELECT * FROM articles") == []


def test_a_text_larger_than_the_database_takes_is_refused(store: Store) -> None:
    store.db.conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000)
    with pytest.raises(StoreRefused, match="too large"):
        save(store, article("نص " * 10_000))
    assert store.rows("SELECT * FROM articles") == []
    assert save(store, article(BODY), CLAIMS).outcome == "new"


def test_several_calls_are_one_transaction(store: Store) -> None:
    store.discover("akhbar", found(A, B), at=T0)
    with store.transaction():
        save(store, article(BODY, A), CLAIMS, page_url=A, mark_done=True)
        with pytest.raises(StoreRefused):  # undone by itself: what stands round it stays
            store.mark_page(B, "not_article", at=T0)
        store.add_issue("odd", "B was refused", at=T0)
    assert store.pending("akhbar", at=T0) == [B]
    assert len(store.rows("SELECT 1 FROM issues")) == 1

    def interrupted() -> None:
        with store.transaction():
            store.mark_page(B, "gone", at=T0)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert store.pending("akhbar", at=T0) == [B]


# The sentence of a claim


def test_the_sentence_is_the_span_that_holds_the_claim() -> None:
    spans = [(0, len(FIRST_SENTENCE)), (len(FIRST_SENTENCE) + 1, len(BODY))]
    assert list(sentences_of(BODY, CLAIMS, spans)) == spans
    assert list(sentences_of(BODY, CLAIMS, spans[::-1])) == spans


@pytest.mark.parametrize("sentences", [[], [(0, 18)], [(20, 25)], [(60, 61)]], ids=str)
def test_without_a_sentence_that_holds_it_a_claim_has_its_paragraph(sentences: list[tuple[int, int]]) -> None:
    paragraphs = [(0, len(FIRST_SENTENCE)), (len(FIRST_SENTENCE) + 1, len(BODY))]
    assert list(sentences_of(BODY, CLAIMS, sentences)) == paragraphs


def test_a_claim_over_a_line_break_has_both_lines() -> None:
    body = "أول\nبلغ العدد 4\nملايين أسرة اليوم\nآخر"
    ((start, end),) = sentences_of(body, [claim(body, "4\nملايين أسرة", 4e6)], [])
    assert body[start:end] == "بلغ العدد 4\nملايين أسرة اليوم"
