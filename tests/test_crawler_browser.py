"""Sites whose pages are drawn by scripts: with a browser where the extra is installed, and without it."""

from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
from crawler_loopback import Loopback, Reply, loopback, run, settings
from scrapy.utils.test import get_crawler

from bench.many_pages import ManyPages
from crawler.browser import Browser

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
INSTALLED = importlib.util.find_spec("scrapy_playwright") is not None
HTML = {"Content-Type": "text/html; charset=utf-8"}


def drawn(picture: str) -> Reply:
    """A page that is empty until its script has run; it asks for a picture, and for a text of another server."""
    paragraphs = "".join(f"<p>{text}</p>" for text in ManyPages(1).text(1))
    article = f'<article><h1 class="entry-title">حصيلة الدعم</h1><div class="entry-content">{paragraphs}</div></article>'
    return Reply(
        headers=HTML,
        body=f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><title>a</title></head>
        <body class="single single-post"><div id="root"></div><img src="{picture}"><script>
        document.getElementById("root").innerHTML = {json.dumps(article)};
        fetch("{picture}/text").catch(() => 0);
        </script></body></html>""".encode(),
    )


def crawl(tmp_path: Path, site: Loopback) -> list[tuple[object, ...]]:
    """Crawl a feed of one page; what became of it."""
    own = f"http://localhost:{site.port}"
    feed = f"<rss><channel><item><link>{own}/a/</link></item></channel></rss>"
    site.replies |= dict.fromkeys(
        ("http://localhost/feed", "http://localhost/rss.xml"), Reply(body=feed.encode())
    )
    launch = {"args": ["--no-sandbox"]} | ({"executable_path": CHROMIUM} if CHROMIUM else {})
    options = settings(
        site,
        HASILA_PROXY="",
        HASILA_ORIGINS=json.dumps({"snrtnews": own}),
        HASILA_PRIVATE_HOSTS="localhost",
        HASILA_BROWSER="snrtnews",
        PLAYWRIGHT_LAUNCH_OPTIONS=json.dumps(launch),
    )
    done = run("hasila", "crawl", "snrtnews", "--db", tmp_path / "n.db", *options)
    assert "Traceback" not in done.stderr, done.stderr
    connection = sqlite3.connect(tmp_path / "n.db")
    try:
        pages = connection.execute("SELECT state, tries, archive_file IS NOT NULL FROM pages").fetchall()
        titles = connection.execute("SELECT title FROM articles").fetchall()
        issues = connection.execute("SELECT kind, message FROM issues WHERE kind = 'no_browser'").fetchall()
    finally:
        connection.close()
    return pages + titles + issues


@pytest.mark.skipif(not INSTALLED, reason="the extra hasila[browser] is not installed")
def test_a_page_that_a_script_draws_is_read_and_what_it_asks_for_is_not(tmp_path: Path) -> None:
    with loopback() as site, loopback() as other:
        site.replies["http://localhost/a/"] = drawn(f"http://127.0.0.1:{other.port}/picture")
        assert crawl(tmp_path, site) == [("done", 0, 1), ("حصيلة الدعم",)]
        agents = {headers["User-Agent"] for _, headers in site.requests}
        assert other.requests == []
    assert len(agents) == 1
    assert "Hasila/" in agents.pop()


@pytest.mark.long
@pytest.mark.skipif(INSTALLED, reason="the extra hasila[browser] is installed")
def test_without_the_extra_the_pages_stay_pending_and_an_issue_says_what_to_do(tmp_path: Path) -> None:
    with loopback() as site:
        message = "a browser is needed: pip install 'hasila[browser]'"
        assert crawl(tmp_path, site) == [("pending", 0, 0), ("no_browser", message)]
        assert "http://localhost/a/" not in {url for url, _ in site.requests}


def test_what_a_page_asks_the_browser_for() -> None:
    crawler = get_crawler(
        settings_dict={"HASILA_PRIVATE_HOSTS": ["own.test"], "HASILA_BROWSER_HANDLER": "none.such"}
    )
    browser = Browser.of(crawler)
    assert Browser.of(crawler) is browser
    wanted = {
        "https://own.test/": "document",
        "https://cdn.example/a.js": "script",
        "https://cdn.example/a.png": "image",
        "http://169.254.169.254/": "fetch",
        "http://2130706433/": "script",
        "file:///etc/passwd": "document",
    }
    refused = [browser.refuses(SimpleNamespace(url=url, resource_type=kind)) for url, kind in wanted.items()]
    assert refused == [False, False, True, True, True, True]
