"""The floors of a site, what is said where it falls below one, and sites that are silent for longer than usual."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.bookable import bookable
from crawler.captures import Capture, Fetched
from crawler.discovery import ListingPage, RssFeed, SiteSearch
from crawler.evidence import Evidence, Exhibit, reads_with
from crawler.health import Health, Observed, Tally, odd
from crawler.options import Options
from crawler.run import Run
from crawler.silence import silence
from extract.records import Layout, Page
from store import ArchivePointer, DiscoveredUrl, SiteRun, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://akhbar.example/1"
POINTER = ArchivePointer(file="akhbar/a b.warc.gz", offset=77, length=10)
FEED = RssFeed(paths=("/feed/",))
SECTION = ListingPage(paths=("/",), links="h2.title a")
BODY = (
    "أعلنت الوزارة أن 12 ألف أسرة استفادت من الدعم الاجتماعي المباشر سنة 2025 في جميع جهات المملكة المغربية. "
    * 6
)


def seen(tally: Tally, evidence: Evidence | None = None, **facts: object) -> Observed:
    known = {"history": [], "at": NOW, "archive": Path("archive"), **facts}
    return Observed(site="akhbar", tally=tally, evidence=evidence or Evidence(), **known)


def history(*days: int, **counts: int) -> list[SiteRun]:
    """Runs that found something, so many days ago."""
    facts = {"found": 20, "fresh": 3, "articles": 1, "readable": 3, "by_markup": 3, **counts}
    return [
        SiteRun(run=number, at=NOW - timedelta(days=day), **facts)
        for number, day in enumerate(sorted(days, reverse=True))
    ]


@pytest.mark.parametrize(
    ("tally", "faults"),
    [
        (Tally(found=10, fresh=10, fetched=10, dated=10), 0),
        (Tally(found=4), 1),
        (Tally(found=10, fetched=10, not_articles=3, dated=7), 1),
        (Tally(found=10, fetched=10, dated=7), 1),
        (Tally(found=10, fetched=4, not_articles=4), 0),
        (Tally(found=0, fetched=10, not_articles=3, dated=1), 3),
        (Tally(found=5), 0),
        (Tally(found=5, fetched=9, dated=9, articles=5, with_claims=1), 0),
        (Tally(found=5, fetched=9, dated=9, articles=6, with_claims=1), 1),
    ],
)
def test_floors(tally, faults):
    health = Health(least_found=5, least_body=0.8, least_date=0.8)
    assert len(list(health.faults(seen(tally)))) == faults


def test_a_site_that_was_not_read_to_its_end_is_held_against_shares_only():
    tally = Tally(found=0, fetched=10, not_articles=9, dated=1)
    messages = [fault.message for fault in Health().faults(seen(tally, finished=False))]
    assert [message.split(",")[0] for message in messages] == ["1 of 10 pages hold an article"]


def test_empty_listings_are_named_with_their_selector_and_where_to_look():
    evidence = Evidence()
    evidence.listed(FEED, "https://akhbar.example/feed/", None, 0)
    evidence.listed(SECTION, "https://akhbar.example/", POINTER, 0)
    (fault,) = Health(least_found=5).faults(seen(Tally(), evidence))
    assert fault.message == (
        "the listings held 0 articles, expected are 5 or more (rss 0 in 1, listing `h2.title a` 0 in 1)"
    )
    assert fault.url == "https://akhbar.example/feed/"
    evidence.listings["rss"].empty = Exhibit("https://akhbar.example/feed/", POINTER)
    (fault,) = Health(least_found=5).faults(seen(Tally(), evidence))
    assert fault.message.endswith("; look at: warcio extract --payload 'archive/akhbar/a b.warc.gz' 77")


def test_listings_that_did_not_come_say_why():
    evidence = Evidence()
    evidence.missed(FEED, "HTTP 503")
    evidence.listed(SECTION, "https://akhbar.example/", None, 0)
    evidence.missed(SECTION, "HTTP 500")
    (fault,) = Health().faults(seen(Tally(failures=2), evidence))
    assert fault.message.endswith("(rss HTTP 503, listing `h2.title a` 0 in 1)")


def test_a_way_to_find_articles_that_finds_none_where_others_do_is_an_oddity():
    evidence = Evidence()
    evidence.listed(FEED, "https://akhbar.example/feed/", None, 20)
    evidence.listed(SECTION, "https://akhbar.example/", POINTER, 0)
    evidence.listed(SiteSearch(queries=("x",), links="h3 a"), "https://akhbar.example/?s=x", None, 0)
    tally = Tally(found=20, fresh=1, articles=1)
    assert list(Health().faults(seen(tally, evidence))) == []
    ((kind, fault),) = odd(seen(tally, evidence))
    assert (kind, fault.url) == ("empty_listings", "https://akhbar.example/")
    assert fault.message.startswith("listing `h2.title a` found no article in 1 listings; look at: warcio ")
    evidence.unchanged(SECTION)
    assert list(odd(seen(tally, evidence))) == [], "those that did not change were not read"
    assert reads_with(FEED) == "rss"


def fetched(html: str, number: int = 0) -> Fetched:
    page = Page(body=html.encode(), url=f"https://akhbar.example/{number}", fetched_at=NOW)
    capture = Capture(at=NOW, content_hash="0" * 64, pointer=POINTER)
    return Fetched(page=page, address=page.url, capture=capture)


def test_selectors_that_find_nothing_are_named_though_the_stripper_finds_the_body():
    """F12: the site was redesigned; its pages are still read, but no longer as they should be."""
    layout = Layout(body=("div.old-body",), date=("span.old-date",))
    evidence = Evidence(layout=layout)
    redesigned = (
        f"<html lang=ar><body><article><h1>عنوان الخبر الأول</h1><p>{BODY}</p><p>{BODY}</p></article>"
    )
    for number in range(6):
        item = fetched(redesigned, number)
        evidence.page(item, bookable(item.page, layout=layout))
    tally = Tally(found=9, fresh=6, fetched=6, dated=0, articles=6, with_claims=6)
    selectors, dates = Health().faults(seen(tally, evidence))
    assert selectors.message.startswith(
        "0 of 6 articles were found by the site's own selectors `div.old-body` (stripper 6), expected are 50%"
    )
    assert selectors.message.endswith(
        "; look at: hasila extract 'archive/akhbar/a b.warc.gz' --offset 77 --site akhbar --explain"
    )
    assert selectors.url == "https://akhbar.example/0"
    assert dates.message.startswith(
        "0 of 6 articles have a date (selectors `span.old-date`), expected are 50%"
    )


def test_a_theme_that_is_no_longer_recognised_is_missed_where_it_was_usual():
    evidence = Evidence()
    for number in range(6):
        item = fetched(f"<html lang=ar><body><h1>عنوان الخبر الأول</h1><p>{BODY}</p><p>{BODY}</p>", number)
        evidence.page(item, bookable(item.page))
    tally = Tally(found=9, fresh=6, fetched=6, dated=6, by_markup=0)
    long = history(*range(1, 30))
    (fault,) = Health().faults(seen(tally, evidence, history=long))
    assert fault.message.startswith(
        "0 of 6 articles were found by a theme (stripper 6), usual are 100%; look at: "
    )
    assert fault.url == "https://akhbar.example/0"
    for other in (history(1, 2, 3), history(*range(1, 30), by_markup=1), history(*range(1, 30), readable=0)):
        assert list(Health().faults(seen(tally, evidence, history=other))) == []
    assert (
        list(
            Health().faults(
                seen(Tally(found=9, fresh=6, fetched=6, dated=6, by_markup=3), evidence, history=long)
            )
        )
        == []
    )


def test_the_history_of_sites_is_what_runs_counted(tmp_path):
    with Store.open(tmp_path / "n.db") as store:
        for day, counters in enumerate(
            (
                {
                    "akhbar.found": 9,
                    "akhbar.fresh": 2,
                    "akhbar.fetched": 8,
                    "akhbar.not_articles": 1,
                    "akhbar.by_markup": 6,
                },
                {"akhbar.found": 9, "akhbar.fetched": 8},  # of an earlier version
                {"thani.found": 1},
                {},
            )
        ):
            run = store.begin_run("crawl", ["akhbar"], program="0", ruleset="1", at=NOW + timedelta(days=day))
            store.end_run(run, "done", counters, at=NOW + timedelta(days=day, hours=1))
        found = store.site_histories(["akhbar", 'o"dd'], since=NOW)
        assert (
            store.site_histories(["akhbar"], since=NOW + timedelta(days=1))["akhbar"] == found["akhbar"][1:]
        )
    assert found['o"dd'] == []
    assert found["akhbar"] == [
        SiteRun(run=1, at=NOW, found=9, fresh=2, articles=0, readable=7, by_markup=6),
        SiteRun(run=2, at=NOW + timedelta(days=1), found=9, fresh=0, articles=0, readable=0, by_markup=0),
    ]


def test_pages_without_an_article_say_what_they_are():
    evidence = Evidence()
    for number in range(5):
        item = fetched("<html><body></body></html>", number)
        evidence.page(item, bookable(item.page))
    (fault,) = Health().faults(seen(Tally(found=9, fetched=5, not_articles=5), evidence))
    assert fault.message.startswith(
        "0 of 5 pages hold an article (empty 5), expected are 50%; look at: hasila "
    )
    assert "--site" not in fault.message


@pytest.mark.parametrize(
    ("days", "usual", "alarm"),
    [
        (range(1, 30), 1, 3),  # daily
        (range(0, 90, 7), 7, 14),  # weekly
        ([*range(1, 40), *range(70, 90)], 1, 3),  # daily, with a fault that was put right after a month
        ([day for day in range(1, 60) if day % 7 > 1], 3, 6),  # not at weekends
        ([0, 1, 2, 3, 4, 30, 31, 60, 61, 62], 29, 58),  # in waves
    ],
)
def test_what_is_usual_is_what_nine_in_ten_gaps_do_not_exceed(days, usual, alarm):
    found = silence([NOW - timedelta(days=day) for day in days], NOW)
    assert (found.usual, found.alarm) == (usual, alarm)


def test_a_site_is_silent_after_more_than_twice_its_usual_gap_and_only_with_a_history():
    finds = [NOW - timedelta(days=day) for day in range(40, 60)]
    for after, unusual in ((3, False), (4, True)):
        found = silence(finds, NOW - timedelta(days=40 - after))
        assert (found.days, found.is_unusual) == (after, unusual)
    assert silence(finds[:8], NOW) is None, "eight days have seven gaps"
    assert silence([], NOW) is None


def test_silence_is_a_fault_of_the_listings_and_an_oddity_of_the_topic():
    daily = history(*range(5, 30))
    (fault,) = Health().faults(seen(Tally(found=20), history=daily))
    assert fault.message == "silent: the listings hold nothing new since 2026-02-24, 5 days; usual are 1"
    assert list(Health().faults(seen(Tally(found=20, fresh=1), history=daily))) == []
    ((kind, oddity),) = odd(seen(Tally(found=20, fresh=1), history=daily))
    assert (kind, oddity.message) == (
        "silent",
        "no article about the reform since 2026-02-24, 5 days; usual are 1",
    )
    # Listings that hold nothing at all, or a site that cannot be asked, are another matter.
    assert list(odd(seen(Tally(), history=daily))) == []


def test_new_links_a_week():
    health = Health(least_week=10)
    tally = Tally(found=20, fresh=2)
    assert list(health.faults(seen(tally, history=history(1, 3)))) == [], "not a week of history"
    (fault,) = health.faults(seen(tally, history=history(1, 3, 8)))
    assert fault.message == "the listings held 8 new links in 7 days, expected are 10 or more"
    assert list(health.faults(seen(tally, history=history(1, 3, 5, 8)))) == []


def test_a_run_writes_what_is_wrong_and_leaves_what_is_stored(tmp_path):
    """F12: an issue row that names what found nothing; the pages and articles of earlier runs are as they were."""
    database = tmp_path / "n.db"
    with Store.open(database) as store:
        store.discover("akhbar", [DiscoveredUrl(url=URL, found_by="rss")], at=NOW)
        for day in range(40, 5, -1):
            at = datetime.now(UTC) - timedelta(days=day)
            number = store.begin_run("crawl", ["akhbar"], program="0", ruleset="1", at=at)
            counters = {"akhbar.found": 20, "akhbar.fresh": 2, "akhbar.articles": 1}
            store.end_run(number, "done", counters, at=at)
        before = store.rows("SELECT * FROM pages")
    run = Run.begin(database, ["akhbar"], Options(threshold=1.0))
    run.ledger.tally("akhbar").found = 20
    evidence = Evidence()
    evidence.listed(SECTION, "https://akhbar.example/", POINTER, 0)
    run.close_site("akhbar", Health(), evidence, reason="finished")
    assert run.end() == "degraded"
    with Store.open(database, readonly=True) as store:
        issues = store.rows("SELECT site, kind, url, message FROM issues ORDER BY id")
        assert [(row["kind"], row["url"]) for row in issues] == [
            ("degraded", None),
            ("empty_listings", "https://akhbar.example/"),
            ("silent", None),
        ]
        assert issues[0]["message"].startswith("silent: the listings hold nothing new since ")
        assert store.rows("SELECT * FROM pages") == before
