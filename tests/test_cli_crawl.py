"""`hasila crawl` and `hasila demo` as real processes against the newsroom on loopback."""

import json
import shlex
import signal
import sqlite3
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from crawler_loopback import NAMES, SITES, Reply, address, body_of, loopback, run, settings, start, stories_of
from store_samples import seed

from crawler.lock import DatabaseLock
from extract import canonical_url
from hasila.cli import main
from rules import relevance
from rules.relevance import threshold
from store import Store

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


def test_a_redesign_is_degraded_and_named_and_what_was_stored_stays(tmp_path):
    """F12: home page and articles look otherwise; the feed is as it was."""
    database = tmp_path / "n.db"
    with Store.open(database) as store:
        seed(store)
    before = [
        rows(database, f"SELECT * FROM {table}") for table in ("articles", "revisions", "claims", "pages")
    ]
    shell = Reply(body=b"<html><body><div id=app></div></body></html>")
    sections = [f"http://maghress.test/{page}" for page in ("", "politics", "economics", "society", "health")]
    articles = [story.url for story in stories_of("maghress.test")]
    with loopback(dict.fromkeys([*sections, *articles], shell)) as site:
        done = run("hasila", "crawl", "maghress", "--db", database, *settings(site))
    assert done.returncode == 3
    assert "maghress: degraded: 0 of " in done.stderr
    assert "INFO maghress: ends: degraded" in done.stderr
    assert rows(database, "SELECT state FROM runs ORDER BY id DESC LIMIT 1") == [("degraded",)]
    issues = {
        kind: (message, url)
        for kind, message, url in rows(
            database, "SELECT kind, message, url FROM issues WHERE site = 'maghress'"
        )
    }
    assert issues.keys() == {"degraded", "empty_listings"}
    message, url = issues["empty_listings"]
    assert message.startswith("listing `")
    assert url in sections
    message, url = issues["degraded"]
    assert " pages hold an article (empty " in message
    assert canonical_url(url) in set(map(address, stories_of("maghress.test")))
    # The hint is a command that shows the page.
    arguments = shlex.split(message.partition("look at: hasila ")[2])
    shown = CliRunner().invoke(main, arguments)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout.startswith("no article (empty): ")
    after = [
        rows(database, f"SELECT * FROM {table} LIMIT {len(rows_before)}")
        for table, rows_before in zip(("articles", "revisions", "claims", "pages"), before, strict=True)
    ]
    assert after == before


def test_a_database_that_another_run_holds_exits_75(tmp_path):
    database = tmp_path / "n.db"
    Store.open(database).close()
    with DatabaseLock(database):
        for arguments in ((), ("--quiet",), ("--log-json",)):
            done = CliRunner().invoke(main, ["crawl", "quickpost", "--db", str(database), *arguments])
            assert done.exit_code == 75
            assert "already running" in done.stderr
            assert done.stdout == ""
    assert json.loads(done.stderr.splitlines()[-1])["level"] == "ERROR"


def test_a_database_that_is_none_is_named_in_one_line(tmp_path):
    broken = tmp_path / "letter.txt"
    broken.write_text("not a database at all, but long enough to be looked at" * 20)
    for path in (broken, tmp_path, tmp_path / "missing" / "n.db"):
        done = CliRunner().invoke(main, ["crawl", "quickpost", "--db", str(path)])
        assert done.exit_code == 1
        assert isinstance(done.exception, SystemExit)
        assert str(path) in done.stderr or "letter" in done.stderr
    assert broken.read_text().startswith("not a database")
    assert not list(tmp_path.rglob("*.lock"))


def test_usage_errors_exit_2(tmp_path):
    def code(*arguments: object) -> int:
        return CliRunner().invoke(main, [*map(str, arguments)]).exit_code

    assert code("crawl", "nosuchsite", "--db", tmp_path / "n.db") == 2
    assert code("crawl", "--set", "NOVALUE", "--db", tmp_path / "n.db") == 2
    assert code("crawl", "--set", "LOG_LEVEL=LOUD", "--db", tmp_path / "n.db") == 2
    assert code("crawl", "--max-pages", "0") == 2
    assert code("crawl", "--max-time", "soon") == 2
    assert code("nosuchcommand") == 2
    assert not (tmp_path / "n.db").exists()


def test_sites_for_programs():
    done = CliRunner().invoke(main, ["sites", "--json", "--db", "none.db"])
    sites = {each["name"]: each["enabled"] for each in map(json.loads, done.stdout.splitlines())}
    assert {name: sites[name] for name in ("quickpost", "maghress", "turess")} == {
        "quickpost": True,
        "maghress": True,
        "turess": False,
    }
