"""How a run books what comes: crashes of our own code, a database that fails, the lock."""

import asyncio
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.utils.test import get_crawler

from crawler.captures import Capture, Fetched
from crawler.frontier import BATCH, SiteFrontier
from crawler.ledger import SOON
from crawler.lock import AlreadyRunningError, DatabaseLock
from crawler.options import Options
from crawler.pipeline import StorePipeline
from crawler.reading import IndigestiblePageError
from crawler.run import Run
from crawler.spiders.quickpost import Quickpost
from extract.records import Page
from store import Store, StoreFull

URL = "https://quickpost.ma/a/"


@pytest.fixture
def book(tmp_path):
    run = Run.begin(tmp_path / "n.db", ["quickpost"], Options(threshold=1.0))
    frontier(run).discover([URL], found_by="rss")
    yield run
    run.end()


def frontier(run: Run) -> SiteFrontier:
    return run.frontier("quickpost", lambda url: "quickpost" in url)


def fetched() -> Fetched:
    now = datetime.now(UTC)
    page = Page(body=b"<p>BREAK</p>", url=URL, fetched_at=now)
    return Fetched(page=page, address=URL, capture=Capture(at=now, content_hash="0" * 64))


def test_a_page_that_breaks_our_own_code_is_booked_and_the_crawl_goes_on(book, monkeypatch):
    async def broken(page, layout):
        raise IndigestiblePageError("RuntimeError: broken\nin two lines", "Traceback")

    monkeypatch.setattr(book.reader, "read", broken)
    scrapy = get_crawler(Quickpost)
    scrapy.spider = Quickpost.from_crawler(scrapy, run=book)
    item = fetched()
    assert asyncio.run(StorePipeline.from_crawler(scrapy).process_item(item)) is item
    book.ledger.flush()
    page = book.store.page(URL)
    assert (page.state, page.reason) == ("failed", "RuntimeError: broken in two lines")
    assert book.store.rows("SELECT kind, site, url FROM issues") == [
        {"kind": "crash", "site": "quickpost", "url": URL}
    ]
    assert book.crashes == 1


def test_a_database_that_fails_closes_the_spiders_and_the_run_says_why(tmp_path, monkeypatch):
    run = Run.begin(tmp_path / "n.db", ["quickpost"], Options(threshold=1.0))

    def full(*args, **kwargs):
        raise StoreFull("no room left")

    monkeypatch.setattr(run.store, "discover", full)
    with pytest.raises(CloseSpider):
        frontier(run).discover([URL], found_by="rss")
    with pytest.raises(CloseSpider):
        frontier(run).next_page()
    with pytest.raises(CloseSpider):
        run.pages.lost("quickpost", URL, "HTTP 500")
    assert str(run.fault) == "no room left"
    assert run.end() == "failed"
    with Store.open(tmp_path / "n.db", readonly=True) as store:
        assert store.rows("SELECT state FROM runs") == [{"state": "failed"}]


def test_delays_grow_and_end(book):
    delays = []
    for _ in range(6):
        book.pages.lost("quickpost", URL, "HTTP 500")
        page = book.store.page(URL)
        assert page.state == "pending"
        delays.append((page.next_try_at - datetime.now(UTC)).total_seconds() / 3600)
        assert frontier(book).next_page() is None
    assert delays == pytest.approx([0.25, 1, 4, 16, 64, 72], abs=0.01)
    book.pages.lost("quickpost", URL, "HTTP 500")
    page = book.store.page(URL)
    assert (page.state, page.tries, page.reason) == ("failed", 7, "HTTP 500")
    assert book.store.rows("SELECT kind, url FROM issues") == [{"kind": "given_up", "url": URL}]


def test_the_budget_is_for_the_whole_run(tmp_path):
    run = Run.begin(tmp_path / "n.db", ["quickpost", "maghress"], Options(threshold=1.0, budget=3))
    sites = [run.frontier(site, lambda _: True) for site in ("quickpost", "maghress")]
    for number, site in enumerate(sites):
        site.discover([f"https://{number}.test/{page}" for page in range(2)], found_by="rss")
    assert [site.next_page() is None for site in sites * 3] == [False, False, False, True, True, True]
    run.end()


def test_pages_are_taken_a_few_at_a_time_each_once_a_run(book):
    pages = [f"https://quickpost.ma/{number}/" for number in range(2 * BATCH + 7)]
    site = frontier(book)
    assert site.next_page() == URL
    assert site.next_page() is None
    site.discover([*pages[:-1], "https://other.ma/"], found_by="rss")
    assert [site.next_page() for _ in pages[:-1]] == pages[:-1]
    assert site.next_page() is None
    book.pages.lost("quickpost", pages[0], "HTTP 500")
    site.discover(pages, found_by="rss")
    assert [site.next_page(), site.next_page()] == [pages[-1], None]
    book.store.db.execute("UPDATE pages SET next_try_at = '2020-01-01T00:00:00Z' WHERE tries = 1")
    later = frontier(book)
    assert [later.next_page() for _ in range(len(pages) + 1)] == [URL, *pages[1:], pages[0]]
    assert later.next_page() is None


def test_a_site_that_is_left_alone_gives_no_more_pages(book):
    site = frontier(book)
    book.left_alone("quickpost", URL, "held", "until tomorrow")
    assert site.next_page() is None
    assert frontier(book).next_page() == URL


def test_an_index_that_is_as_it_was_counts_the_articles_of_its_parts(book):
    index, part = "https://quickpost.ma/sitemap_index.xml", "https://quickpost.ma/post-sitemap.xml"
    capture = Capture(at=datetime.now(UTC), content_hash="0" * 64)
    for url, articles in ((index, 0), (part, 7)):
        book.listings.read(
            "quickpost",
            url,
            capture,
            first=index,
            kind="sitemap",
            etag=None,
            last_modified=None,
            articles=articles,
        )
    for listing in book.listings.complete("quickpost"):
        book.store.save_listing(listing)
    before = book.tallies["quickpost"].found
    book.listings.unchanged("quickpost", index, first=index)
    assert book.tallies["quickpost"].found == before + 7
    book.listings.unchanged("quickpost", part, first=index)
    assert book.tallies["quickpost"].found == before + 14
    assert book.listings.complete("quickpost") == []


def test_bookings_are_written_together_and_one_that_fails_harms_no_other(book):
    written: list[int] = []
    other = "https://quickpost.ma/b/"
    frontier(book).discover([other], found_by="rss")

    def broken() -> None:
        book.store.mark_page(other, "gone", at=datetime.now(UTC))
        raise RuntimeError("broken")

    async def three() -> None:
        book.ledger.book("quickpost", URL, lambda: written.append(1))
        book.ledger.book("quickpost", other, broken)
        book.ledger.book("quickpost", URL, lambda: written.append(2))
        assert written == []
        while len(written) < 2:
            await asyncio.sleep(SOON / 10)

    asyncio.run(asyncio.wait_for(three(), 30))
    assert written == [1, 2]
    page = book.store.page(other)
    assert (page.state, page.reason) == ("failed", "RuntimeError: broken")
    assert book.crashes == 1
    assert book.fault is None


def test_one_run_at_a_time_and_the_lock_of_a_killed_run_is_free(tmp_path):
    database = tmp_path / "n.db"
    with DatabaseLock(database):
        with pytest.raises(AlreadyRunningError, match=f"process {os.getpid()}"), DatabaseLock(database):
            pass
        with DatabaseLock(tmp_path / "other.db"):
            pass
    code = "import sys, pathlib; from crawler.lock import DatabaseLock; DatabaseLock(pathlib.Path(sys.argv[1])).__enter__(); print('held', flush=True); input()"
    root = Path(__file__).parent.parent
    holder = subprocess.Popen(
        [sys.executable, "-c", code, database], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(AlreadyRunningError, match=f"process {holder.pid}"), DatabaseLock(database):
        pass
    holder.kill()
    holder.communicate()
    with DatabaseLock(database):
        assert (tmp_path / "n.db.lock").read_text() == f"{os.getpid()}\n"


def test_each_site_has_a_share_of_the_budget_and_what_one_leaves_is_for_the_others(tmp_path):
    run = Run.begin(tmp_path / "n.db", ["quickpost", "maghress", "le360"], Options(threshold=1.0, budget=7))
    many, few, _ = sites = [run.frontier(site, lambda _: True) for site in ("quickpost", "maghress", "le360")]
    for site, count in zip(sites, (9, 1, 0), strict=True):
        site.discover([f"https://{count}.test/{page}" for page in range(count)], found_by="rss")
    taken = [many.next_page() for _ in range(9)]
    assert sum(page is not None for page in taken) == 3
    assert many.waits, "the others have not taken theirs"
    assert few.next_page()
    assert few.next_page() is None
    assert not few.waits, "it has no more"
    run.budget.release("maghress")
    assert many.next_page()
    assert many.next_page() is None
    assert many.waits
    run.budget.release("le360")
    assert [many.next_page() is None for _ in range(3)] == [False, False, True]
    assert not many.waits, "nobody has anything left"
    run.end()


def test_a_full_disk_undoes_the_group_and_the_run_says_so(book):
    urls = [f"https://quickpost.ma/{number}/" for number in range(3)]
    frontier(book).discover(urls, found_by="rss")
    (pages,) = book.store.db.execute("PRAGMA page_count").fetchone()
    book.store.db.execute(f"PRAGMA max_page_count = {pages + 2}")

    def fill(number: int) -> None:
        book.store.mark_page(urls[number], "done", at=datetime.now(UTC), reason="x" * 200_000 * number)

    async def all_in_one() -> None:
        for number in range(3):
            book.ledger.book("quickpost", urls[number], lambda number=number: fill(number))
        with pytest.raises(CloseSpider):
            book.ledger.flush()
        with pytest.raises(CloseSpider):
            book.pages.lost("quickpost", URL, "HTTP 500")

    asyncio.run(all_in_one())
    assert isinstance(book.fault, StoreFull)
    assert book.crashes == 0
    assert {book.store.page(url).state for url in urls} == {"pending"}
    book.store.db.execute("PRAGMA max_page_count = 1000000")
