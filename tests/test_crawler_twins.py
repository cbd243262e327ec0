"""One article under many addresses, crawled: twins, tracking, redirect chains, slugs, canonical links."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from urllib.parse import quote

from crawler_loopback import Reply, loopback, run, settings

from bench.many_pages import ManyPages

HOST = "http://snrtnews.test"
SLUG = "الدعم-الاجتماعي-المباشر"
ARTICLE = f"{HOST}/2025/09/{quote(SLUG)}/"
FEED = {"Content-Type": "application/rss+xml"}


def page(number: int = 1) -> bytes:
    """The article, as every address shows it."""
    paragraphs = "".join(f"<p>{text}</p>" for text in ManyPages(1).text(number))
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>حصيلة الدعم</title>
        <link rel="canonical" href="{ARTICLE}"><meta property="article:published_time" content="2025-09-17T10:00:00+01:00">
        </head><body class="single single-post"><article><h1 class="entry-title">حصيلة الدعم الاجتماعي المباشر</h1>
        <div class="entry-content">{paragraphs}</div></article></body></html>""".encode()


def moved(target: str, status: int = 301) -> Reply:
    return Reply(status, headers={"Location": target})


def test_an_article_under_many_addresses_is_one(tmp_path: Path) -> None:
    folded = [
        ARTICLE,
        ARTICLE.lower(),
        f"{HOST}/2025/09/{SLUG}/",
        f"{ARTICLE}?utm_source=facebook&utm_medium=social",
        f"{ARTICLE}?fbclid=IwAR0abc",
        f"{ARTICLE}amp/",
        f"{ARTICLE}?amp=1",
        f"http://m.snrtnews.test/2025/09/{SLUG}/",
        f"http://www.snrtnews.test/2025/09/{quote(SLUG)}/#respond",
    ]
    apart = {
        f"{HOST}/?p=4711": moved("/4711"),
        f"{HOST}/4711": moved(f"/2025/09/{quote(SLUG).lower()}", 302),
        f"{HOST}/2025/09/{quote(SLUG).lower()}": moved(f"{ARTICLE}?utm_campaign=moved", 308),
        f"{HOST}/old/": moved("http://m.snrtnews.test/lite/4711"),
        f"{HOST}/lite/4711": Reply(body=page()),
        f"{HOST}/round/": moved("/round/again/"),
        f"{HOST}/round/again/": moved("/round/"),
        "http://m.snrtnews.test/lite/4711": Reply(body=page()),
    }
    named = [*folded, f"{HOST}/?p=4711", f"{HOST}/old/", f"{HOST}/lite/4711", f"{HOST}/round/"]
    items = "".join(f"<item><link>{url.replace('&', '&amp;')}</link></item>" for url in named)
    feed = Reply(body=f"<rss version='2.0'><channel>{items}</channel></rss>".encode(), headers=FEED)
    replies = {
        **apart,
        **{ARTICLE + tail: Reply(body=page()) for tail in ("", "?utm_campaign=moved")},
        f"http://www.snrtnews.test/2025/09/{quote(SLUG)}/": Reply(body=page()),
        **dict.fromkeys((f"{HOST}/feed", f"{HOST}/rss.xml"), feed),
    }
    database = tmp_path / "n.db"
    with loopback(dict(replies)) as site:
        done = run("hasila", "crawl", "snrtnews", "--db", database, *settings(site))
        assert done.returncode == 0, done.stderr
        assert site.asked(ARTICLE) == 1
        assert (
            site.asked(f"{HOST}/?p=4711")
            == site.asked(f"{HOST}/lite/4711")
            == site.asked(f"{HOST}/old/")
            == 1
        )
        assert 1 < site.asked(f"{HOST}/round/") < 8
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT canonical FROM articles").fetchall() == [(ARTICLE,)]
    assert connection.execute("SELECT count(*) FROM revisions").fetchall() == [(1,)]
    assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] > 0
    states = dict(connection.execute("SELECT url, state FROM pages").fetchall())
    connection.close()
    round_trip = states.pop(f"{HOST}/round/")
    assert round_trip == "pending"
    assert set(states.values()) == {"done"}
