"""Addresses that are not public, in a real crawl without a proxy: whatever leads there, nothing is sent."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from pathlib import Path

from crawler_loopback import Loopback, Reply, loopback, run, settings

from bench.many_pages import ManyPages

# DNS as an attacker would have it: every name of the site and below it leads to this machine, or beside it.
RESOLVING = """
import socket, sys
def resolve(name):
    return {"metadata.kiosk.test": "169.254.169.254"}.get(name, "127.0.0.1")
socket.gethostbyname = resolve
from hasila.cli import main
main()
"""
HOST = "http://kiosk.test"


def crawl(tmp_path: Path, site: Loopback, *, private: str) -> subprocess.CompletedProcess[str]:
    script = tmp_path / "resolving.py"
    script.write_text(RESOLVING)
    options = settings(
        site,
        HASILA_PROXY="",
        HASILA_ORIGINS=json.dumps({"quickpost": f"{HOST}:{site.port}"}),
        HASILA_PRIVATE_HOSTS=private,
        DOWNLOAD_TIMEOUT=5,
    )
    database = tmp_path / f"{private}.db"
    done = run("python", script, "crawl", "quickpost", "--db", database, *options)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def article(canonical: str) -> Reply:
    paragraphs = "".join(f"<p>{text}</p>" for text in ManyPages(1).text(1))
    return Reply(
        body=f"""<!doctype html><html lang="ar"><head><meta charset="utf-8"><link rel="canonical" href="{canonical}">
        <link rel="amphtml" href="{canonical}"><meta http-equiv="refresh" content="0; url={canonical}"></head>
        <body class="single single-post"><article><h1 class="entry-title">حصيلة الدعم الاجتماعي المباشر</h1>
        <div class="entry-content">{paragraphs}</div></article></body></html>""".encode()
    )


def test_nothing_is_sent_to_addresses_that_are_not_public(tmp_path: Path) -> None:
    with loopback() as victim, loopback() as site:
        port = victim.port
        targets = [
            f"http://127.0.0.1:{port}/a",
            f"http://2130706433:{port}/a",
            f"http://0x7f000001:{port}/a",
            f"http://0177.0.0.1:{port}/a",
            f"http://127.1:{port}/a",
            f"http://[::1]:{port}/a",
            f"http://[::ffff:127.0.0.1]:{port}/a",
            f"http://localhost:{port}/a",
            f"http://127.0.0.1.:{port}/a",
            f"http://user@127.0.0.1:{port}/a",
            # Below the site's own domain, so that DNS alone tells.
            f"http://inner.kiosk.test:{port}/a",
            "http://metadata.kiosk.test/latest/meta-data/",
            "http://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
            "data:text/html,<p>a</p>",
            f"ftp://kiosk.test:{port}/a",
        ]
        own = f"{HOST}:{site.port}"
        moved = [f"{own}/moved/{number}/" for number in range(len(targets))]
        linked = [f"{own}/linked/{number}/" for number in range(3)]
        links = "".join(f"<item><link>{url}</link></item>" for url in (*moved, *linked, *targets))
        urls = "".join(f"<url><loc>{url}</loc></url>" for url in targets)
        parts = "".join(f"<sitemap><loc>{url}?post-sitemap</loc></sitemap>" for url in targets)
        site.replies |= {
            f"{HOST}/feed/": Reply(body=f"<rss><channel>{links}</channel></rss>".encode()),
            f"{HOST}/sitemap_index.xml": Reply(
                body=f"<sitemapindex><sitemap><loc>{own}/post-sitemap.xml</loc></sitemap>{parts}</sitemapindex>".encode()
            ),
            f"{HOST}/post-sitemap.xml": Reply(body=f"<urlset>{urls}</urlset>".encode()),
            **{
                f"{HOST}/moved/{number}/": Reply(302, headers={"Location": target})
                for number, target in enumerate(targets)
            },
            **{
                f"{HOST}/linked/{number}/": article(target)
                for number, target in enumerate((targets[0], targets[10], "file:///etc/passwd"))
            },
        }
        done = crawl(tmp_path, site, private="kiosk.test")
        assert done.returncode == 0, done.stderr
        assert victim.requests == []
        asked = {url for url, _ in site.requests}
        assert asked >= {f"{HOST}/moved/{number}/" for number in range(len(targets))}
        assert asked >= {f"{HOST}/linked/{number}/" for number in range(3)} | {f"{HOST}/post-sitemap.xml"}
        assert all(headers["Host"] == f"kiosk.test:{site.port}" for _, headers in site.requests)
    connection = sqlite3.connect(tmp_path / "kiosk.test.db")
    states = dict(connection.execute("SELECT url, state FROM pages").fetchall())
    connection.close()
    assert {states[url] for url in linked} == {"done"}
    assert {states[url] for url in moved} == {"pending"}


def test_a_site_whose_name_leads_to_a_private_address_gets_no_request(tmp_path: Path) -> None:
    with loopback() as site:
        assert crawl(tmp_path, site, private="other.test").returncode == 3
        assert site.requests == []
