"""Politeness, looks for edits, backfills and kills: real `hasila crawl` processes against loopback."""

from __future__ import annotations

import random
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from crawler_loopback import EDITIONS, SITES, Loopback, Reply, address, loopback, run, settings, start
from warcio.archiveiterator import ArchiveIterator

from bench.many_pages import ManyPages, serving, url
from hasila.newsroom import Story

HOST = "http://snrtnews.test"


def query(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        found = connection.execute(sql).fetchall()
        connection.commit()
        return found
    finally:
        connection.close()


def crawl(database: Path, site: Loopback, *arguments: object, name: str = "snrtnews", **more: object) -> int:
    done = run("hasila", "crawl", name, "--db", database, *arguments, *settings(site, **more))
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode


def test_a_host_that_asks_for_it_is_left_alone_by_this_run_and_the_next(tmp_path):
    database = tmp_path / "n.db"
    story = SITES["snrtnews.test"].stories[0].url
    with loopback({story: Reply(429, headers={"Retry-After": "3600"})}) as site:
        assert crawl(database, site) == 0
        assert site.requests[-1][0] == story
        sent = len(site.requests)
        assert crawl(database, site) == 0
        assert len(site.requests) == sent
        ((until,),) = query(database, "SELECT until FROM holds WHERE host = 'snrtnews.test'")
        assert (
            timedelta(minutes=59)
            < datetime.fromisoformat(str(until)) - datetime.now(UTC)
            < timedelta(minutes=61)
        )
        kinds = {kind for (kind,) in query(database, "SELECT kind FROM issues")}
        assert kinds == {"held"}
        del site.replies[story]
        query(database, "UPDATE holds SET until = '2020-01-01T00:00:00Z'")
        query(database, "UPDATE pages SET next_try_at = NULL")
        assert crawl(database, site) == 0
    states = query(database, "SELECT state, max(tries) FROM pages GROUP BY state")
    assert states == [("done", 0)]


def test_a_short_hold_is_waited_for_and_crawl_delay_kept(tmp_path):
    database = tmp_path / "n.db"
    story = SITES["snrtnews.test"].stories[0].url
    robots = Reply(body=b"User-agent: *\nCrawl-delay: 0.3\n", headers={"Content-Type": "text/plain"})
    with loopback({f"{HOST}/robots.txt": robots}) as site:
        good = site.reply(story)

        def once() -> Reply:
            if site.asked(story) > 1:
                return good
            later = datetime.now(UTC) + timedelta(seconds=3)
            return Reply(503, headers={"Retry-After": format_datetime(later, usegmt=True)})

        site.replies[story] = once
        assert crawl(database, site, RETRY_TIMES=1) == 0
        assert site.asked(story) == 2
        gaps = [after - before for before, after in zip(site.times, site.times[1:], strict=False)]
        refused = next(place for place, (asked, _) in enumerate(site.requests) if asked == story)
        assert gaps[refused] > 1.9  # a date has whole seconds
        assert min(gaps) > 0.2  # the server may take a moment to note a request
    assert query(database, "SELECT DISTINCT state FROM pages") == [("done",)]


def test_a_site_gets_no_more_requests_than_its_daily_cap(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        assert crawl(database, site, HASILA_DAILY_REQUESTS=4) == 0
        assert len(site.requests) == 4
        assert crawl(database, site, HASILA_DAILY_REQUESTS=4) == 0
        assert len(site.requests) == 4
    assert {kind for (kind,) in query(database, "SELECT kind FROM issues")} == {"daily_cap"}
    assert query(database, "SELECT max(tries) FROM pages") == [(0,)]
    assert query(database, "SELECT sent FROM requests") == [(4,)]


def test_a_site_that_refuses_is_reported_with_what_is_known_of_it(tmp_path):
    database = tmp_path / "n.db"
    with loopback({f"{HOST}/rss.xml": Reply(403), f"{HOST}/feed": Reply(403)}) as site:
        assert crawl(database, site) == 0
    ((message,),) = query(database, "SELECT message FROM issues WHERE kind = 'refused'")
    assert str(message).startswith("HTTP 403; it is known that the site answers 403")


def revisions(database: Path) -> dict[str, int]:
    return dict(
        query(
            database, "SELECT canonical, count(*) FROM revisions JOIN articles a ON a.id = article GROUP BY 1"
        )  # type: ignore[arg-type]
    )


def test_articles_are_looked_at_again_for_edits_and_unchanged_ones_cost_nothing(tmp_path):
    database = tmp_path / "n.db"
    first, second = ({story.id: story for story in EDITIONS[n]["hibapress.test"].stories} for n in (1, 2))
    (edited,) = (story for story in second.values() if story.body != first[story.id].body)
    with loopback() as site:
        assert crawl(database, site, name="hibapress") == 0
        assert set(revisions(database).values()) == {1}
        claims = query(database, "SELECT count(*) FROM claims")
        site.requests.clear()
        site.edition = 2
        query(database, "UPDATE visits SET at = '2020-01-01T00:00:00Z'")
        assert crawl(database, site, name="hibapress") == 0
        looked = {asked: headers for asked, headers in site.requests if "/details-" in asked}
        assert looked.keys() == {f"http://hibapress.test/details-{n}.html" for n in (881204, 889310)}
        assert all("If-None-Match" in headers for headers in looked.values())
        found = revisions(database)
        assert found.pop(address(edited)) == 2
        assert set(found.values()) == {1}
        assert query(database, "SELECT count(*) FROM claims") > claims
        assert query(database, "SELECT count(*) FROM visits WHERE looks = 3") == [
            (0,)
        ]  # it was the last look
        before = [
            query(database, f"SELECT * FROM {table}")
            for table in ("articles", "revisions", "claims", "pages")
        ]
        assert crawl(database, site, name="hibapress") == 0
        after = [
            query(database, f"SELECT * FROM {table}")
            for table in ("articles", "revisions", "claims", "pages")
        ]
        assert before == after
    kinds = []
    for path in (tmp_path / "archive").rglob("*.warc.gz"):
        with path.open("rb") as file:
            kinds += [record.rec_type for record in ArchiveIterator(file, check_digests="raise")]
    assert kinds.count("revisit") > 3
    assert kinds.count("response") + kinds.count("revisit") == kinds.count("request")
    pointers = query(database, "SELECT count(*) FROM pages WHERE state = 'done' AND archive_file IS NULL")
    assert pointers == [(0,)]


def test_an_article_that_is_taken_down_stays_and_its_page_is_gone(tmp_path):
    database = tmp_path / "n.db"
    gone = {story.url for story in SITES["agadir24.test"].stories} - {
        story.url for story in EDITIONS[2]["agadir24.test"].stories
    }
    with loopback() as site:
        assert crawl(database, site, "--no-archive", name="agadir24") == 0
        articles = query(database, "SELECT * FROM articles")
        site.edition = 2
        query(database, "UPDATE visits SET at = '2020-01-01T00:00:00Z'")
        assert crawl(database, site, "--no-archive", name="agadir24") == 0
    assert query(database, "SELECT * FROM articles") == articles
    states = dict(query(database, "SELECT lower(url), state FROM pages"))  # type: ignore[arg-type]
    assert {states[story] for story in gone} == {"gone"}
    assert not (tmp_path / "archive").exists()


def test_a_backfill_finds_what_is_since_its_day_and_nothing_older(tmp_path):
    database = tmp_path / "n.db"
    stories: tuple[Story, ...] = SITES["agadir24.test"].stories
    with loopback() as site:
        assert crawl(database, site, "--since", "2024-12-01", name="agadir24") == 0
        assert any("after=2024-12-01T00%3A00%3A00" in asked for asked, _ in site.requests)
        wanted = {
            address(story) for story in stories if story.published.year > 2024 or story.published.month > 11
        }
        assert set(site.articles_asked()) == wanted
        assert 0 < len(wanted) < len(stories)
    assert run("hasila", "crawl", "agadir24", "--since", "yesterday").returncode == 2


def survives_kills(tmp_path: Path, pages: int, kills: int, seed: int) -> None:
    """A crawl killed at random moments: everything comes, once, and nothing that was committed is fetched again."""
    database = tmp_path / "n.db"
    site = ManyPages(pages)
    chance = random.Random(seed)
    listings = {"/robots.txt", "/feed/"}
    with serving(site) as proxy:
        options = settings(Loopback(address=proxy), HASILA_DAILY_REQUESTS=0, CONCURRENT_REQUESTS_PER_DOMAIN=2)
        for _ in range(kills):
            before = len(site.asked)
            done = committed(database)
            process = start("hasila", "crawl", "quickpost", "--db", database, *options)
            begun = time.monotonic()
            while len(site.asked) < before + 3 and process.poll() is None and time.monotonic() - begun < 60:
                time.sleep(0.02)
            time.sleep(chance.uniform(0, 0.04 * pages / kills))
            process.kill()
            process.communicate()
            assert not done & set(site.asked[before:])
        before, done = len(site.asked), committed(database)
        last = run("hasila", "crawl", "quickpost", "--db", database, *options)
        assert last.returncode == 0, last.stderr
        assert not done & set(site.asked[before:])
    assert query(database, "PRAGMA integrity_check") == [("ok",)]
    stored = query(database, "SELECT canonical FROM articles")
    assert sorted(stored) == sorted((url(number),) for number in range(pages))
    assert query(database, "SELECT count(*) FROM revisions") == [(pages,)]
    assert query(database, "SELECT count(*) FROM pages WHERE state <> 'done'") == [(0,)]
    assert listings < set(site.asked)
    warcs = list((tmp_path / "archive").rglob("*.warc.gz"))
    for path in warcs:
        with path.open("rb") as file:
            assert sum(1 for _ in ArchiveIterator(file, check_digests="raise")) > 1


def committed(database: Path) -> set[str]:
    if not database.exists():
        return set()
    try:
        rows = query(database, "SELECT url FROM pages WHERE state = 'done'")
    except sqlite3.OperationalError:  # killed before there was a table
        return set()
    return {str(page).removeprefix("http://quickpost.test") for (page,) in rows}


def test_nothing_is_lost_or_fetched_twice_when_a_crawl_is_killed(tmp_path):
    survives_kills(tmp_path, pages=60, kills=2, seed=1)


@pytest.mark.long
def test_nothing_is_lost_or_fetched_twice_when_a_crawl_is_killed_twenty_times(tmp_path):
    survives_kills(tmp_path, pages=400, kills=20, seed=2)


@pytest.mark.long
def test_memory_stays_flat_over_20_000_pages(tmp_path):
    from bench.crawl import ours, site

    with site(20_000) as proxy:
        crawled = ours(proxy, tmp_path, every=1000)
    assert crawled.pages == 20_000
    warm, *later = crawled.resident[1:]
    assert max(later) - warm < 50, crawled.resident
