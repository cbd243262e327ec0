"""`hasila crawl` and `hasila demo` as real processes against the newsroom on loopback."""

import json
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from crawler_loopback import NAMES, SITES, Reply, address, body_of, loopback, run, settings, start, stories_of

from rules import relevance
from rules.relevance import threshold

STORIES = stories_of(*SITES)
PAIR = ("quickpost", "maghress")
ABOUT = {
    address(story): body_of(story)
    for story in STORIES
    if relevance(story.title, body_of(story)).score >= threshold()
}
"""What the lexicon of the topic, given the perfect text, takes for the reform."""


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_the_demo_finds_the_reform_and_nothing_else_and_a_second_run_nothing_new(tmp_path):
    database = tmp_path / "demo.db"
    first = run("hasila", "demo", "--db", database)
    assert first.returncode == 0, first.stderr
    assert first.stderr == ""
    bodies = dict(
        rows(database, "SELECT a.canonical, r.body FROM articles a JOIN revisions r ON r.id = a.latest")
    )
    assert bodies.keys() == ABOUT.keys()
    assert len(bodies) >= 12
    assert bodies.keys() <= {address(story) for story in STORIES if story.about_reform}
    assert bodies == ABOUT
    assert rows(database, "SELECT count(*) FROM claims")[0][0] > 5 * len(ABOUT)
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    wrong = rows(
        database,
        'SELECT count(*) FROM claims c JOIN revisions r ON r.id = c.revision WHERE substr(body, start + 1, "end" - start) <> c.text',
    )
    assert wrong == [(0,)]
    for heading in ("Articles by site", "Claims by kind", "The 10 largest figures", "hasila crawl"):
        assert heading in first.stdout
    before = [
        rows(database, f"SELECT * FROM {table}") for table in ("articles", "revisions", "claims", "pages")
    ]

    started = time.monotonic()
    second = run("hasila", "demo", "--db", database)
    assert time.monotonic() - started < 10
    assert second.returncode == 0
    assert "Nothing new" in second.stdout
    after = [
        rows(database, f"SELECT * FROM {table}") for table in ("articles", "revisions", "claims", "pages")
    ]
    assert before == after


@pytest.mark.long
def test_a_second_crawl_asks_for_listings_only_and_the_first_for_every_article_once(tmp_path):
    with loopback() as site:
        first = run("hasila", "crawl", *NAMES, "--db", tmp_path / "n.db", *settings(site))
        assert first.returncode == 0, first.stderr
        assert sorted(site.articles_asked()) == sorted(map(address, STORIES))
        agents = {headers["User-Agent"] for _, headers in site.requests}
        assert len(agents) == 1
        assert "Hasila/" in agents.pop()
        site.requests.clear()
        second = run("hasila", "crawl", *NAMES, "--db", tmp_path / "n.db", *settings(site))
        assert second.returncode == 0
        assert site.requests
        assert site.articles_asked() == []


def test_off_topic_pages_say_so_and_have_no_article(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        run("hasila", "crawl", "quickpost", "--db", database, *settings(site))
    off_topic = {address(story) for story in stories_of("quickpost.test")} - ABOUT.keys()
    reasons = rows(database, "SELECT url, state, article, reason FROM pages WHERE reason LIKE 'off topic%'")
    assert {row[0] for row in reasons} == off_topic
    assert {row[1:3] for row in reasons} == {("done", None)}


@pytest.mark.long
def test_max_pages_leaves_the_rest_pending_and_the_next_run_takes_it_up_first(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        run("hasila", "crawl", *PAIR, "--max-pages", 5, "--db", database, *settings(site))
        assert len(site.articles_asked()) == 5
        assert rows(database, "SELECT count(*) FROM pages WHERE state = 'pending'")[0][0] > 0
        pending = {url for (url,) in rows(database, "SELECT url FROM pages WHERE state = 'pending'")}
        site.requests.clear()
        run("hasila", "crawl", *PAIR, "--db", database, *settings(site))
        assert len(site.articles_asked()) == len(stories_of("quickpost.test", "maghress.test")) - 5
        assert site.articles_asked()[0] in pending
    assert rows(database, "SELECT count(*) FROM pages WHERE state = 'pending'") == [(0,)]


@pytest.mark.parametrize("stop", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)])
def test_a_signal_ends_the_run_in_good_order_however_slow_the_server_is(tmp_path, stop):
    database = tmp_path / "n.db"
    slow = "http://quickpost.test/sitemap_index.xml"
    with loopback({slow: Reply(delay=60)}) as site:
        crawl = start("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        assert site.arrived.wait(30)
        crawl.send_signal(stop)
        started = time.monotonic()
        _, err = crawl.communicate(timeout=30)
        assert time.monotonic() - started < 10
    assert crawl.returncode == 0, err.decode()
    assert b"Traceback" not in err
    assert rows(database, "SELECT state FROM runs") == [("interrupted",)]
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.long
def test_a_killed_run_lets_go_of_its_lock_and_the_next_goes_on(tmp_path):
    database = tmp_path / "n.db"
    slow = "http://quickpost.test/sitemap_index.xml"
    with loopback({slow: Reply(delay=60)}) as site:
        crawl = start("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        assert site.arrived.wait(30)
        started = time.monotonic()
        second = run("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        assert second.returncode == 75
        assert "already running" in second.stderr
        assert str(crawl.pid) in second.stderr
        crawl.kill()
        crawl.communicate()
        del site.replies[slow]
        third = run("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        assert third.returncode == 0, third.stderr
        assert time.monotonic() - started < 60
        asked = site.articles_asked()
    assert sorted(set(asked)) == sorted(map(address, stories_of("quickpost.test")))
    assert rows(database, "SELECT state FROM runs ORDER BY id") == [("interrupted",), ("done",)]
    assert rows(database, "SELECT count(*) FROM pages WHERE state <> 'done'") == [(0,)]


def test_a_site_below_its_floor_is_degraded(tmp_path):
    database = tmp_path / "n.db"
    empty = Reply(body=b"<rss><channel/></rss>")
    pages = ("", "politics", "economics", "society", "health")
    bare = {
        f"http://maghress.test/{page}": Reply(body=b"<html><body>redesigned</body></html>") for page in pages
    }
    with loopback({"http://maghress.test/rss": empty, **bare}) as site:
        done = run("hasila", "crawl", "maghress", "--db", database, *settings(site))
    assert done.returncode == 3
    assert "maghress: degraded: the listings held 0 articles" in done.stderr
    assert rows(database, "SELECT state FROM runs") == [("degraded",)]
    assert rows(database, "SELECT site, kind FROM issues") == [("maghress", "degraded")]


def test_a_database_that_is_none_is_named_in_one_line(tmp_path):
    broken = tmp_path / "letter.txt"
    broken.write_text("not a database at all, but long enough to be looked at" * 20)
    for path in (broken, tmp_path, tmp_path / "missing" / "n.db"):
        done = run("hasila", "crawl", "quickpost", "--db", path)
        assert done.returncode == 1
        assert "Traceback" not in done.stderr
        assert str(path) in done.stderr or "letter" in done.stderr
    assert broken.read_text().startswith("not a database")
    assert not list(tmp_path.rglob("*.lock"))


def test_usage_errors_exit_2(tmp_path):
    assert run("hasila", "crawl", "nosuchsite", "--db", tmp_path / "n.db").returncode == 2
    assert run("hasila", "crawl", "--set", "NOVALUE", "--db", tmp_path / "n.db").returncode == 2
    assert run("hasila", "crawl", "--max-pages", "0").returncode == 2
    assert run("hasila", "nosuchcommand").returncode == 2
    assert not (tmp_path / "n.db").exists()


def test_status_and_sites_for_programs(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        run("hasila", "crawl", "maghress", "--db", database, *settings(site))
    status = json.loads(run("hasila", "status", "--db", database, "--json").stdout)
    assert status["runs"][0]["state"] == "done"
    assert status["articles"][0]["site"] == "maghress.test"
    assert sum(row["pages"] for row in status["pages"]) == len(SITES["maghress.test"].stories)
    table = run("hasila", "status", "--db", database)
    assert table.returncode == 0
    assert "maghress.test" in table.stdout
    sites = [json.loads(line) for line in run("hasila", "sites", "--json").stdout.splitlines()]
    assert {
        each["name"]: each["enabled"] for each in sites if each["name"] in {"quickpost", "maghress", "turess"}
    } == {
        "quickpost": True,
        "maghress": True,
        "turess": False,
    }
    missing = run("hasila", "status", "--db", tmp_path / "none.db")
    assert missing.returncode == 1
    assert len(missing.stderr.splitlines()) == 1
