"""What a crawl remembers between runs: visits, listings, holds, requests, places in the archive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import FEED as SEEDED
from store_samples import T0, URL, later, seed

from store import ArchivePointer, DiscoveredUrl, Store, StoreError

OTHER = "https://akhbar.example/2"
FEED = replace(SEEDED, url="https://akhbar.example/rss")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "n.db") as opened:
        seed(opened)
        opened.discover("akhbar", [DiscoveredUrl(url=OTHER, found_by="rss")], at=T0)
        for url in (URL, OTHER):
            opened.mark_page(url, "done", at=T0, etag='"e"', last_modified="yesterday", content_hash="c")
        yield opened


def test_a_visit_comes_when_it_is_due_and_goes_when_it_is_done(store: Store) -> None:
    store.plan_visit(URL, later(6), looks=1)
    store.plan_visit(OTHER, later(1), looks=0)
    assert store.due_visits("akhbar", at=later(0.5)) == []
    assert [visit.url for visit in store.due_visits("akhbar", at=later(7))] == [OTHER, URL]
    assert [visit.url for visit in store.due_visits("akhbar", at=later(7), limit=1)] == [OTHER]
    assert store.due_visits("elsewhere", at=later(7)) == []
    (visit,) = store.due_visits("akhbar", at=later(1))
    assert (visit.looks, visit.etag, visit.last_modified, visit.content_hash) == (0, '"e"', "yesterday", "c")
    assert visit.fetched_at == T0
    store.plan_visit(OTHER, later(24), looks=1)
    assert store.due_visits("akhbar", at=later(1)) == []
    store.plan_visit(OTHER, None, looks=0)
    store.mark_page(URL, "gone", at=later(7))
    assert store.due_visits("akhbar", at=later(99)) == []
    with pytest.raises(StoreError, match="discover it first"):
        store.plan_visit("https://akhbar.example/unknown", T0, looks=0)


def test_a_listing_is_known_as_it_was(store: Store) -> None:
    assert store.listing(FEED.url) is None
    store.save_listing(FEED)
    assert store.listing(FEED.url) == FEED
    store.save_listing(replace(FEED, fetched_at=later(1)))
    assert store.listing(FEED.url) == FEED  # the same answer: the moment stays that of the first
    changed = replace(FEED, etag=None, articles=11, fetched_at=later(2))
    store.save_listing(changed)
    assert store.listing(FEED.url) == changed


def test_a_hold_lasts_until_its_end_and_the_later_end_wins(store: Store) -> None:
    assert store.holds(at=later(1)) == {}
    store.hold("akhbar.example", until=later(2), reason="HTTP 429\nRetry-After")
    store.hold("akhbar.example", until=later(1), reason="earlier")
    assert store.holds(at=T0) == {"akhbar.example": (later(2), "HTTP 429 Retry-After")}
    store.hold("akhbar.example", until=later(3), reason="HTTP 503")
    assert store.holds(at=later(2)) == {"akhbar.example": (later(3), "HTTP 503")}
    assert store.holds(at=later(3)) == {}
    assert store.rows("SELECT * FROM holds") == []


def test_requests_are_counted_by_site_and_day(store: Store) -> None:
    today, tomorrow = T0.date(), later(24).date()
    assert store.count_requests("akhbar", today) == 2
    assert store.count_requests("akhbar", today, 1) == 3
    assert store.count_requests("akhbar", today, 2) == 5
    assert store.count_requests("akhbar", tomorrow, 1) == 1
    assert store.count_requests("other", today) == 0
    assert len(store.rows("SELECT * FROM requests")) == 2


def test_a_page_points_into_the_archive(store: Store) -> None:
    first, second = (ArchivePointer(file="a/a-1.warc.gz", offset=offset, length=10) for offset in (100, 5000))
    assert store.archived_to("a/a-1.warc.gz") == 0
    store.mark_page(URL, "done", at=later(1), archive=second)
    store.mark_page(OTHER, "done", at=later(1), archive=first)
    page = store.page(URL)
    assert page is not None
    assert page.archive == second
    assert store.archived_to("a/a-1.warc.gz") == 5000
    store.mark_page(URL, "done", at=later(2))  # not modified: the pointer stays
    again = store.page(URL)
    assert again is not None
    assert (again.archive, again.fetched_at) == (second, later(1))


def test_what_waits_is_taken_a_few_at_a_time(store: Store) -> None:
    new = [f"https://akhbar.example/new/{number}" for number in range(5)]
    store.discover("akhbar", [DiscoveredUrl(url=url, found_by="rss") for url in new], at=T0)
    first = store.untried("akhbar", limit=3)
    assert [url for _, url in first] == new[:3]
    store.mark_page(new[0], "done", at=T0)
    store.mark_page(new[1], "pending", at=T0, next_try_at=later(2))
    store.mark_page(new[2], "pending", at=T0, next_try_at=later(1))
    assert [url for _, url in store.untried("akhbar", after=first[-1][0], limit=3)] == new[3:]
    assert [url for _, url in store.untried("akhbar", limit=3)] == new[3:]
    ((place, url),) = store.tried("akhbar", at=later(3), limit=1)
    assert url == new[2]
    assert [url for _, url in store.tried("akhbar", at=later(3), after=place, limit=9)] == [new[1]]
    assert [url for _, url in store.tried("akhbar", at=later(1.5), limit=9)] == [new[2]]
    store.plan_visit(URL, later(6), looks=1)
    store.plan_visit(OTHER, later(1), looks=0)
    (visit,) = store.due_visits("akhbar", at=later(9), limit=1)
    assert [each.url for each in store.due_visits("akhbar", at=later(9), after=visit.place)] == [URL]
