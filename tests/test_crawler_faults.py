"""What a crawl does when servers misbehave: real `hasila crawl` processes against loopback."""

import gzip
import itertools
import sqlite3
from pathlib import Path

import pytest
from crawler_loopback import Reply, address, loopback, run, settings, stories_of

STORIES = sorted(stories_of("quickpost.test"), key=lambda story: story.published)
URL = address(STORIES[0])
ROBOTS = "http://quickpost.test/robots.txt"


def pages(database: Path, url: str = URL) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute("SELECT state, tries, reason FROM pages WHERE url = ?", (url,)).fetchall()
    finally:
        connection.close()


def count(database: Path, table: str) -> int:
    connection = sqlite3.connect(database)
    try:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        connection.close()


def crawl(database: Path, site: object, **more: object) -> int:
    done = run("hasila", "crawl", "quickpost", "--db", database, *settings(site, **more))
    assert "Traceback" not in done.stderr
    return done.returncode


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_gone_is_not_asked_for_again(tmp_path, status):
    database = tmp_path / "n.db"
    with loopback({URL: Reply(status, b"gone")}) as site:
        assert crawl(database, site) == 0
        assert pages(database) == [("gone", 0, f"HTTP {status}")]
        assert crawl(database, site) == 0
        assert site.asked(URL) == 1


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(503), Reply(403), Reply(429), Reply(200, b"half", cut=True), Reply(302)]
)
def test_a_page_that_does_not_come_stays_pending_and_is_not_asked_for_at_once(tmp_path, reply):
    database = tmp_path / "n.db"
    with loopback({URL: reply}) as site:
        assert crawl(database, site) == 0
        ((state, tries, reason),) = pages(database)
        assert (state, tries) == ("pending", 1)
        assert reason
        asked = site.asked(URL)
        assert crawl(database, site) == 0
        assert site.asked(URL) == asked
        assert count(database, "articles") < len(STORIES)


def test_delays_grow_and_end(tmp_path):
    database = tmp_path / "n.db"
    waits = []
    with loopback({URL: Reply(500)}) as site:
        for _ in range(7):
            crawl(database, site)
            connection = sqlite3.connect(database)
            waits += connection.execute(
                "SELECT strftime('%s', next_try_at) - strftime('%s', 'now') FROM pages WHERE url = ? AND state = 'pending'",
                (URL,),
            ).fetchall()
            connection.execute("UPDATE pages SET next_try_at = NULL")
            connection.commit()
            connection.close()
    hours = [seconds / 3600 for (seconds,) in waits]
    assert [round(hour, 1) for hour in hours] == pytest.approx([0.25, 1, 4, 16, 64, 72], abs=0.1)
    assert pages(database) == [("failed", 7, "HTTP 500")]
    assert site.asked(URL) == 7


def test_a_page_that_fails_and_then_works_is_fetched_by_the_retry_of_the_same_run(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        good = site.reply(URL)
        turns = itertools.chain([Reply(503), Reply(200, good.body, cut=True)], itertools.repeat(good))
        site.replies[URL] = lambda: next(turns)
        assert crawl(database, site, RETRY_TIMES=2) == 0
        assert site.asked(URL) == 3
    assert pages(database)[0][0] == "done"


def test_a_redirect_leads_to_one_article(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        good = site.reply(URL)
        site.replies[URL] = Reply(301, headers={"Location": "/moved/?utm_source=x"})
        site.replies["http://quickpost.test/moved/?utm_source=x"] = good
        assert crawl(database, site) == 0
        assert pages(database)[0][0] == "done"
        before = count(database, "articles")
        assert crawl(database, site) == 0
        assert site.asked(URL) == 1
    assert count(database, "articles") == before


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:9/", "file:///etc/passwd", "ftp://quickpost.test/", "http://maghress.test/"]
)
def test_a_redirect_off_the_site_is_not_followed(tmp_path, target):
    database = tmp_path / "n.db"
    with loopback({URL: Reply(301, headers={"Location": target})}) as site:
        assert crawl(database, site) == 0
        assert site.asked(target) == 0
    assert pages(database)[0][0] == "pending"


def test_a_challenge_is_no_article_and_is_asked_for_again_later(tmp_path):
    database = tmp_path / "n.db"
    challenge = b"""<!doctype html><html><head><title>Just a moment...</title></head><body>
      <div id="challenge-error-text">Enable JavaScript and cookies to continue</div>
      <script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script></body></html>"""
    with loopback({URL: Reply(200, challenge)}) as site:
        assert crawl(database, site) == 0
    assert pages(database)[0][:2] == ("pending", 1)


def test_more_than_five_megabytes_are_not_taken_not_even_packed(tmp_path):
    database = tmp_path / "n.db"
    html = {"Content-Type": "text/html; charset=utf-8"}
    plain = Reply(200, b"<p>" + b"x" * (6 * 1024 * 1024), html)
    packed = Reply(200, gzip.compress(b"<p>" * (40 * 1024 * 1024)), {**html, "Content-Encoding": "gzip"})
    other = address(STORIES[1])
    with loopback({URL: plain, other: packed}) as site:
        assert crawl(database, site) == 0
    assert pages(database)[0][0] == "pending"
    assert pages(database, other)[0][0] == "pending"


@pytest.mark.parametrize(
    ("reply", "fetches"),
    [
        (Reply(404), True),
        (Reply(200, b"User-agent: *\nDisallow:\n"), True),
        (Reply(200, b"User-agent: *\nDisallow: /\n"), False),
        (Reply(200, b"User-agent: Hasila\nDisallow: /\n"), False),
        (Reply(200, b"User-agent: *\nDisallow: /\n\nUser-agent: Hasila\nAllow: /\n"), True),
        (Reply(401), False),
        (Reply(403), False),
        (Reply(500), False),
        (Reply(503), False),
        (Reply(200, b"User-agent", cut=True), False),
        (Reply(200, b"User-agent: *\nAllow: /\n" + b"#" * 600 * 1024 + b"\nDisallow: /\n"), True),
    ],
)
def test_robots_txt_is_obeyed_and_forbids_where_it_cannot_be_had(tmp_path, reply, fetches):
    database = tmp_path / "n.db"
    with loopback({ROBOTS: reply}) as site:
        code = crawl(database, site)
        others = [url for url, _ in site.requests if url != ROBOTS]
    assert bool(others) == fetches
    assert code == (0 if fetches else 3)
    assert count(database, "articles") == 0 or fetches


def test_a_path_that_robots_txt_closes_is_left_alone(tmp_path):
    database = tmp_path / "n.db"
    path = URL.removeprefix("http://quickpost.test")
    with loopback({ROBOTS: Reply(200, f"User-agent: *\nDisallow: {path}\n".encode())}) as site:
        assert crawl(database, site) == 0
        assert site.asked(URL) == 0
    assert pages(database)[0][0] == "pending"


def test_scrapy_crawl_works_from_the_root_and_keeps_to_the_lock(tmp_path):
    database = tmp_path / "n.db"
    root = Path(__file__).parent.parent
    with loopback() as site:
        options = [*settings(site), "-s", f"HASILA_DATABASE={database}"]
        done = run("scrapy", "crawl", "quickpost", *options, cwd=root)
        assert done.returncode == 0, done.stderr
    assert count(database, "articles") > 5
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT command, state FROM runs").fetchall() == [("crawl", "done")]
    connection.close()
    listed = run("scrapy", "list", cwd=root).stdout.split()
    assert {"quickpost", "maghress", "masress", "djazairess", "turess", "sauress"} <= set(listed)
