"""How a run books what comes: crashes of our own code, a database that fails, the lock, the health floors."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from scrapy.exceptions import CloseSpider
from scrapy.utils.test import get_crawler

import crawler.pipeline
from crawler.captures import Capture, Fetched
from crawler.health import Health, Tally
from crawler.lock import AlreadyRunningError, DatabaseLock
from crawler.options import Options
from crawler.pipeline import StorePipeline
from crawler.run import Run
from crawler.spiders.quickpost import Quickpost
from extract.records import Page
from store import Store, StoreFull

URL = "https://quickpost.ma/a/"


@pytest.fixture
def book(tmp_path):
    run = Run.begin(tmp_path / "n.db", ["quickpost"], Options(threshold=1.0))
    run.discover("quickpost", [URL], found_by="rss")
    yield run
    run.end()


def fetched() -> Fetched:
    now = datetime.now(UTC)
    page = Page(body=b"<p>BREAK</p>", url=URL, fetched_at=now)
    return Fetched(page=page, address=URL, capture=Capture(at=now, content_hash="0" * 64))


def test_a_page_that_breaks_our_own_code_is_booked_and_the_crawl_goes_on(book, monkeypatch):
    def broken(page, *, layout=None):
        raise RuntimeError("broken\nin two lines")

    monkeypatch.setattr(crawler.pipeline, "process", broken)
    scrapy = get_crawler(Quickpost)
    scrapy.spider = Quickpost.from_crawler(scrapy, run=book)
    item = fetched()
    assert StorePipeline.from_crawler(scrapy).process_item(item) is item
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
        run.discover("quickpost", [URL], found_by="rss")
    with pytest.raises(CloseSpider):
        run.take_up("maghress")
    assert str(run.fault) == "no room left"
    assert run.end() == "failed"
    with Store.open(tmp_path / "n.db", readonly=True) as store:
        assert store.rows("SELECT state FROM runs") == [{"state": "failed"}]


def test_delays_grow_and_end(book):
    delays = []
    for _ in range(6):
        book.lost("quickpost", URL, "HTTP 500")
        page = book.store.page(URL)
        assert page.state == "pending"
        delays.append((page.next_try_at - datetime.now(UTC)).total_seconds() / 3600)
        assert book.take_up("quickpost") == []
    assert delays == pytest.approx([0.25, 1, 4, 16, 64, 72], abs=0.01)
    book.lost("quickpost", URL, "HTTP 500")
    page = book.store.page(URL)
    assert (page.state, page.tries, page.reason) == ("failed", 7, "HTTP 500")
    assert book.store.rows("SELECT kind, url FROM issues") == [{"kind": "given_up", "url": URL}]


def test_the_budget_is_for_the_whole_run(tmp_path):
    run = Run.begin(tmp_path / "n.db", ["quickpost"], Options(threshold=1.0, budget=2))
    assert [run.may_ask() for _ in range(4)] == [True, True, False, False]
    run.end()


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


@pytest.mark.parametrize(
    ("tally", "faults"),
    [
        (Tally(found=10, fetched=10, dated=10), 0),
        (Tally(found=4), 1),
        (Tally(found=10, fetched=10, not_articles=3, dated=7), 1),
        (Tally(found=10, fetched=10, dated=7), 1),
        (Tally(found=10, fetched=4, not_articles=4), 0),
        (Tally(found=0, fetched=10, not_articles=3, dated=1), 3),
        (Tally(found=5), 0),
    ],
)
def test_floors(tally, faults):
    health = Health(least_found=5, least_body=0.8, least_date=0.8)
    assert len(list(health.faults(tally))) == faults
