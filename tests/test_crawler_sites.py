"""Every site at once: its declaration, the fixtures that its selectors are held against, and docs/sites.md.

`tests/fixtures/sites/NAME/*.html` are pages as the site serves them (`*.listing.html`: listings). A missing expectation is
written, and the test fails with the request to review it: no site needs test code of its own.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawler_loopback import ROOT
from scrapy.http import HtmlResponse
from selectolax.lexbor import LexborHTMLParser

from crawler.discovery import ListingPage, SiteSearch
from crawler.spiders.news import NewsSpider
from extract import extract_page
from extract.records import Article, Method, Page
from hasila.sites import site_spiders, table

FOLDER = ROOT / "tests" / "fixtures" / "sites"
SPIDERS = {spider.name: spider for spider in site_spiders()}
PAGES = sorted(path for path in FOLDER.rglob("*.html") if not path.name.endswith(".listing.html"))
LISTINGS = sorted(FOLDER.rglob("*.listing.html"))
SIBLINGS = {"masress", "djazairess", "turess", "sauress"}
PARTS = ("body", "title", "date", "author", "section", "drop")


def expected(path: Path, found: object) -> object:
    """What the file beside `path` says; where there is none it is written."""
    file = path.with_suffix(".json")
    if not file.exists():
        file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"wrote {file.name}: review it, then commit")
    return json.loads(file.read_text("utf-8"))


def listing_pieces(spider: type[NewsSpider]) -> list[ListingPage | SiteSearch]:
    return [piece for piece in spider.discovery if isinstance(piece, ListingPage | SiteSearch)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_selectors_of_a_site_find_its_article(path: Path) -> None:
    spider = SPIDERS[path.parent.name]
    page = Page(
        body=path.read_bytes(),
        url=f"{spider.origin}/{path.stem}",
        fetched_at=datetime(2025, 10, 15, tzinfo=UTC),
    )
    article = extract_page(page, layout=spider.layout)
    assert isinstance(article, Article)
    assert article.method is Method.SITE
    found = {
        "title": article.title,
        "author": article.author,
        "section": article.section,
        "published_at": article.published_at and article.published_at.isoformat(),
        "body": article.body.split("\n"),
    }
    assert found == expected(path, found)
    assert article.published_at


@pytest.mark.parametrize("path", LISTINGS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_listing_of_a_site_gives_its_articles(path: Path) -> None:
    spider = SPIDERS[path.parent.name]
    (piece,) = listing_pieces(spider)
    url = next(iter(piece.seeds(spider.origin)))
    listing = piece.read(HtmlResponse(url, body=path.read_bytes(), encoding="utf-8"))
    found = {"articles": [link.url for link in listing.articles], "further": list(listing.further)}
    assert found == expected(path, found)
    assert found["articles"]
    assert bool(found["further"]) == bool(piece.next_page or piece.numbered)


@pytest.mark.parametrize("spider", SPIDERS.values(), ids=lambda spider: spider.name)
def test_every_selector_of_a_site_is_used_by_a_fixture(spider: type[NewsSpider]) -> None:
    pages = [path for path in PAGES if path.parent.name == spider.name]
    if spider.layout:
        trees = [LexborHTMLParser(path.read_text("utf-8")) for path in pages]
        for part in PARTS:
            for selector in getattr(spider.layout, part):
                assert any(tree.css_first(selector) is not None for tree in trees), (part, selector)
    else:
        assert not pages
    if listing_pieces(spider) and spider.name not in SIBLINGS:
        assert [path for path in LISTINGS if path.parent.name == spider.name]


def test_no_fixture_without_its_site_or_page() -> None:
    assert {path.parent.name for path in PAGES + LISTINGS} <= SPIDERS.keys()
    assert {path.with_suffix(".json") for path in PAGES + LISTINGS} == set(FOLDER.rglob("*.json"))


def test_there_are_enough_sites_and_their_siblings_are_off() -> None:
    assert len(SPIDERS) - len(SIBLINGS) >= 24
    assert {name for name, spider in SPIDERS.items() if not spider.enabled} == SIBLINGS
    refusing = {name for name, spider in SPIDERS.items() if spider.refuses}
    assert {"mapnews", "2m", "cg", "mapexpress", "rue20", "febrayer"} <= refusing


def test_the_table_of_sites_is_that_of_the_spiders() -> None:
    assert (ROOT / "docs" / "sites.md").read_text("utf-8") == table(), "run python -m hasila.sites"
