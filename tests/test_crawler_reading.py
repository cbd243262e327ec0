"""The process that reads pages: what a page that fails, hangs or kills it does to the others, and when it ends."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crawler_loopback import Reply, loopback, settings, start

import crawler.reading
from crawler.bookable import Bookable
from crawler.reading import IndigestiblePageError, Reader
from extract.records import Layout, NotArticle, Page, PageKind


def told(page: Page, *, layout: Layout | None = None) -> Bookable:
    """Does what a page says, and gives its size back."""
    match page.url:
        case "fail":
            raise RuntimeError("broken\nin two lines")
        case "hang":
            time.sleep(60)
        case "die":
            os.kill(os.getpid(), 9)
    found = NotArticle(kind=PageKind.EMPTY, reason=f"{page.url} {len(page.body)}", url="")
    return Bookable(found=found)


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[Reader]:
    monkeypatch.setattr(crawler.reading, "bookable", told)
    opened = Reader(longest=0.5)
    yield opened
    opened.close()


def read(reader: Reader, *pages: tuple[str, int]) -> list[str]:
    """What each page was found to be, or what became of it."""
    now = datetime.now(UTC)

    async def one(url: str, size: int) -> str:
        page = Page(body=bytes(size), url=url, fetched_at=now)
        try:
            found = (await reader.read(page, None)).found
        except IndigestiblePageError as error:
            return str(error)
        assert isinstance(found, NotArticle)
        return found.reason

    async def every() -> list[str]:
        return await asyncio.gather(*(one(*page) for page in pages))

    return asyncio.run(asyncio.wait_for(every(), 30))


def test_pages_are_read_in_order_however_large(reader: Reader) -> None:
    pages = [(f"p{number}", 5 << 20 if number % 5 == 0 else number << 10) for number in range(30)]
    assert read(reader, *pages) == [f"{url} {size}" for url, size in pages]


def test_a_page_that_fails_hangs_or_kills_harms_no_other(reader: Reader) -> None:
    assert read(reader, ("a", 1), ("fail", 2), ("die", 3), ("b", 4), ("hang", 5), ("c", 6)) == [
        "a 1",
        "RuntimeError: broken\nin two lines",
        "ended the process that read it (SIGKILL)",
        "b 4",
        "was not read in 0.5 seconds",
        "c 6",
    ]


def test_the_process_ends_with_a_crawl_that_is_killed(tmp_path: Path) -> None:
    slow = "http://quickpost.test/sitemap_index.xml"
    with loopback({slow: Reply(delay=20)}) as site:
        crawl = start("hasila", "crawl", "quickpost", "--db", tmp_path / "n.db", *settings(site))
        assert site.arrived.wait(30)
        (child,) = Path(f"/proc/{crawl.pid}/task/{crawl.pid}/children").read_text().split()
        held = {link.readlink().name for link in Path(f"/proc/{child}/fd").iterdir()}
        assert not held & {"n.db", "n.db-wal", "n.db.lock"}
        crawl.kill()
        crawl.communicate(timeout=30)  # comes to an end when nobody holds standard error any more
