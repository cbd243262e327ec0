"""What a crawl does when servers misbehave: real `hasila crawl` processes against loopback."""

import gzip
import itertools
import sqlite3
import time
import zlib
from pathlib import Path
from typing import Any

import brotli
import pytest
from backports import zstd
from crawler_loopback import Reply, address, loopback, run, settings, start, stories_of
from protego import Protego
from scrapy.http import Response

from crawler.politeness import robots_rules

STORIES = sorted(stories_of("quickpost.test"), key=lambda story: story.published)
URLS = [address(story) for story in STORIES]
URL = URLS[0]
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


@pytest.mark.long
def test_pages_that_are_gone_are_not_asked_for_again(tmp_path):
    database = tmp_path / "n.db"
    with loopback({URLS[0]: Reply(404, b"gone"), URLS[1]: Reply(410, b"gone")}) as site:
        assert crawl(database, site) == 0
        assert pages(database, URLS[0]) == [("gone", 0, "HTTP 404")]
        assert pages(database, URLS[1]) == [("gone", 0, "HTTP 410")]
        assert crawl(database, site) == 0
        assert site.asked(URLS[0]) == site.asked(URLS[1]) == 1


@pytest.mark.long
def test_pages_that_do_not_come_stay_pending_and_are_not_asked_for_at_once(tmp_path):
    database = tmp_path / "n.db"
    faults = [Reply(500), Reply(503), Reply(403), Reply(429), Reply(302), Reply(200, b"half", cut=True)]
    faulty = dict(zip(URLS, faults, strict=False))
    with loopback(dict(faulty)) as site:
        assert crawl(database, site) == 0
        for url in faulty:
            ((state, tries, reason),) = pages(database, url)
            assert (state, tries) == ("pending", 1)
            assert reason
        asked = {url: site.asked(url) for url in faulty}
        assert crawl(database, site) == 0
        assert {url: site.asked(url) for url in faulty} == asked
    assert 0 < count(database, "articles") <= len(STORIES) - len(faulty)


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


def test_redirects_off_the_site_are_not_followed(tmp_path):
    database = tmp_path / "n.db"
    targets = ["http://127.0.0.1:9/", "file:///etc/passwd", "ftp://quickpost.test/", "http://maghress.test/"]
    moved = dict(zip(URLS, targets, strict=False))
    with loopback({url: Reply(301, headers={"Location": target}) for url, target in moved.items()}) as site:
        assert crawl(database, site) == 0
        assert [site.asked(target) for target in targets] == [0, 0, 0, 0]
    assert [pages(database, url)[0][0] for url in moved] == ["pending"] * 4


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
    bombs = {
        "gzip": packed(zlib.compressobj(wbits=31)),
        "deflate": packed(zlib.compressobj()),
        "br": packed(brotli.Compressor(quality=1)),
        "zstd": packed(zstd.ZstdCompressor()),
    }
    replies = [
        Reply(200, b"<p>" + b"x" * (6 * 1024 * 1024), html),
        *(Reply(200, bomb, {**html, "Content-Encoding": name}) for name, bomb in bombs.items()),
        Reply(200, gzip.compress(bombs["gzip"]), {**html, "Content-Encoding": "gzip, gzip"}),
    ]
    faulty = dict(zip(reversed(URLS), replies, strict=False))  # the newest, which the feed lists
    sitemap = "http://quickpost.test/sitemap_index.xml"
    with loopback({**faulty, sitemap: Reply(200, bombs["gzip"])}) as site:
        process = start("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        most = 0
        while process.poll() is None:
            most = max(most, peak(process.pid))
            time.sleep(0.05)
        process.communicate()
        assert process.returncode == 0
        assert {url: site.asked(url) for url in (*faulty, sitemap)} == dict.fromkeys((*faulty, sitemap), 1)
    for url in faulty:
        assert pages(database, url)[0][0] == "pending"
    connection = sqlite3.connect(database)
    failed = connection.execute("SELECT url FROM issues WHERE kind = 'listing_failed'").fetchall()
    connection.close()
    assert failed == [(sitemap,)]
    # Six times 120 MB were never unpacked: a crawl of small pages takes about 140 MB.
    assert 50 < most < 230


def peak(process: int) -> int:
    """The most memory that a process has had so far, in MiB; 0 where it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) >> 10
    except (OSError, IndexError):
        return 0


def packed(compressor: Any) -> bytes:
    """120 MB in some KB, made without holding them: a child begins with the memory of its parent."""
    add = getattr(compressor, "compress", None) or compressor.process
    finish = getattr(compressor, "flush", None) if hasattr(compressor, "compress") else compressor.finish
    return add(b"<urlset>") + b"".join(add(b"<p>" * 350_000) for _ in range(120)) + finish()


@pytest.mark.parametrize(
    ("status", "body", "allowed"),
    [
        (200, b"User-agent: *\nDisallow:\n", True),
        (200, b"User-agent: *\nDisallow: /\n", False),
        (200, b"User-agent: Hasila\nDisallow: /\n", False),
        (200, b"User-agent: *\nDisallow: /\n\nUser-agent: Hasila\nAllow: /\n", True),
        (200, b"User-agent: *\nAllow: /\n" + b"#" * 600 * 1024 + b"\nDisallow: /\n", True),
        (200, b"<html>not found</html>", True),
        (404, b"User-agent: *\nDisallow: /\n", True),
        (410, b"", True),
        (401, b"", False),
        (403, b"", False),
        (429, b"", False),
        (302, b"", False),
        (500, b"User-agent: *\nAllow: /\n", False),
        (503, b"", False),
    ],
)
def test_what_an_answer_to_robots_txt_allows(status, body, allowed):
    parser = Protego.parse(robots_rules(Response(ROBOTS, status=status, body=body)).decode())
    assert parser.can_fetch(URL, "Hasila") == allowed


@pytest.mark.parametrize(
    "reply",
    [
        Reply(503),
        pytest.param(Reply(200, b"User-agent: *", cut=True), marks=pytest.mark.long),
        pytest.param(Reply(200, b"User-agent: Hasila\nDisallow: /\n"), marks=pytest.mark.long),
    ],
)
def test_nothing_is_fetched_where_robots_txt_forbids_or_cannot_be_had(tmp_path, reply):
    # Many requests wait for robots.txt at once: none of them may slip through.
    database = tmp_path / "n.db"
    with loopback({ROBOTS: reply}) as site:
        assert crawl(database, site) == 3
        assert {url for url, _ in site.requests} == {ROBOTS}
    assert count(database, "articles") == 0
    connection = sqlite3.connect(database)
    ((message,),) = connection.execute("SELECT message FROM issues WHERE kind = 'robots'").fetchall()
    connection.close()
    assert ("robots.txt answers 503" if reply.status == 503 else "robots.txt") in message


def test_a_path_that_robots_txt_closes_is_left_alone(tmp_path):
    database = tmp_path / "n.db"
    path = URL.removeprefix("http://quickpost.test")
    with loopback({ROBOTS: Reply(200, f"User-agent: *\nDisallow: {path}\n".encode())}) as site:
        assert crawl(database, site) == 0
        assert site.asked(URL) == 0
    assert pages(database)[0][0] == "pending"


def test_a_search_that_robots_txt_closes_is_said_once_and_harms_nothing(tmp_path):
    database = tmp_path / "n.db"
    with loopback({ROBOTS: Reply(200, b"User-agent: *\nDisallow: /?s=\n")}) as site:
        assert crawl(database, site) == 0
        assert not [url for url, _ in site.requests if "?s=" in url]
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT kind FROM issues").fetchall() == [("robots",)]
    connection.close()
    assert count(database, "pages") == len(STORIES)


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
