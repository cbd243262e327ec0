"""Several processes on one database, readers that stay, and a disk that fills up."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from store_samples import BODY, CLAIMS, INDICATORS, T0, article, claim, save, seed

from store import DiscoveredUrl, Store, StoreError, StoreFull, StoreRefused
from store.connection import WAL_LIMIT

SPAWN = multiprocessing.get_context("spawn")
"""A fresh process, as a second crawl is one; nothing of ours is inherited."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hasila.db"
    with Store.open(path) as store:
        store.load_indicators(INDICATORS)
    return path


def _write(path: str, writer: int, transactions: int, errors: Any) -> None:
    site = f"site{writer}"
    failed = []
    with Store.open(path) as store:
        for number in range(transactions // 2):
            url = f"https://{site}.example/{number}"
            try:
                store.discover(site, [DiscoveredUrl(url=url, found_by="rss")], at=T0)
                save(store, article(BODY, url, site=site), CLAIMS, page_url=url, mark_done=True)
            except StoreError as error:
                failed.append(str(error))
    errors.put(failed)


def write_at_once(path: Path, *, writers: int, transactions: int) -> list[str]:
    """The errors of as many processes, each with that many transactions (half discover, half save)."""
    errors = SPAWN.SimpleQueue()
    processes = [
        SPAWN.Process(target=_write, args=(str(path), writer, transactions, errors))
        for writer in range(writers)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * writers
    return [error for _ in processes for error in errors.get()]


def test_four_writers_do_not_get_into_each_other_s_way(path: Path) -> None:
    """Transactions that read before they write: begun with a plain BEGIN most of these fail at once."""
    writers, transactions = 4, 400
    assert write_at_once(path, writers=writers, transactions=transactions) == []
    with Store.open(path) as store:
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert store.rows("PRAGMA foreign_key_check") == []
        expected = writers * transactions // 2
        assert store.rows(
            "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM revisions) AS revisions, "
            "(SELECT count(*) FROM claims) AS claims, (SELECT count(*) FROM pages WHERE state = 'done') AS pages"
        ) == [{"articles": expected, "revisions": expected, "claims": 2 * expected, "pages": expected}]


def test_writers_of_one_article_store_it_once(tmp_path: Path) -> None:
    """Nobody made the database before: the processes do so at once as well."""
    path = tmp_path / "new.db"
    outcomes = SPAWN.SimpleQueue()
    processes = [SPAWN.Process(target=_save_the_same, args=(str(path), outcomes)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert sorted(outcomes.get() for _ in processes) == ["new", "unchanged", "unchanged", "unchanged"]


def _save_the_same(path: str, outcomes: Any) -> None:
    with Store.open(path) as store:
        store.load_indicators(INDICATORS)
        outcomes.put(save(store, article(BODY), CLAIMS).outcome)


@pytest.fixture
def reader(path: Path) -> Iterator[sqlite3.Cursor]:
    """Somebody who has begun a SELECT and does not end it."""
    with Store.open(path) as store:
        seed(store)
    connection = sqlite3.connect(path)
    cursor = connection.execute("SELECT c.id FROM claims AS c, claims AS d")
    assert cursor.fetchone() is not None
    yield cursor
    connection.close()


LONG = "نص طويل " * 500


def write_much(store: Store, *, articles: int) -> None:
    for number in range(articles):
        save(store, article(f"{LONG}{number}", f"https://akhbar.example/long/{number}"))


def test_a_long_reader_does_not_keep_anybody_from_writing(path: Path, reader: sqlite3.Cursor) -> None:
    with Store.open(path, timeout=0) as store:
        write_much(store, articles=20)
        assert len(store.rows("SELECT 1 FROM articles")) == 21
    assert len(reader.fetchall()) == 3  # what it began to read, it reads to its end


@pytest.mark.long
def test_the_log_is_cut_when_the_reader_has_gone(path: Path, reader: sqlite3.Cursor) -> None:
    log = path.with_name("hasila.db-wal")
    with Store.open(path) as store:
        with store.transaction():
            write_much(store, articles=3000)
        save(store, article("قصير", "https://akhbar.example/short"))
        assert log.stat().st_size > WAL_LIMIT
        reader.close()
        for number in range(3):  # a checkpoint needs no ceremony: the next transactions bring it
            save(store, article(f"قصير {number}", f"https://akhbar.example/short/{number}"))
        assert log.stat().st_size <= WAL_LIMIT
    assert log.stat().st_size == 0


def test_closing_moves_the_log_into_the_database_while_somebody_else_has_it_open(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("SELECT 1 FROM claims").fetchall()
    with Store.open(path) as store:
        write_much(store, articles=20)
        assert path.with_name("hasila.db-wal").stat().st_size > 0
    assert path.with_name("hasila.db-wal").stat().st_size == 0
    other.close()


def test_a_full_disk_rolls_back_and_is_resumed(path: Path) -> None:
    """`max_page_count` makes SQLite answer as a disk without room does."""
    with Store.open(path) as store:
        seed(store)
        (pages,) = store.rows("PRAGMA page_count")
        store.rows(f"PRAGMA max_page_count = {pages['page_count'] + 3}")
        before = store.db.conn.total_changes
        large = article(LONG * 20, "https://akhbar.example/large")
        store.discover("akhbar", [DiscoveredUrl(url=large.url, found_by="rss")], at=T0)
        with pytest.raises(StoreFull, match="free some disk space, then run again"):
            save(store, large, page_url=large.url, mark_done=True)
        assert store.db.conn.in_transaction is False
        assert store.pending("akhbar", at=T0) == [large.url]
        assert len(store.rows("SELECT 1 FROM articles")) == 1
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]

        store.rows("PRAGMA max_page_count = 1000000")
        assert save(store, large, page_url=large.url, mark_done=True).outcome == "new"
        assert store.pending("akhbar", at=T0) == []
        assert store.db.conn.total_changes > before


def test_a_full_disk_inside_a_larger_transaction(path: Path) -> None:
    """SQLite may roll the whole of it back by itself; nothing of it may stay, and the store works on."""
    with Store.open(path) as store:
        (pages,) = store.rows("PRAGMA page_count")
        store.rows(f"PRAGMA max_page_count = {pages['page_count'] + 3}")

        def write() -> None:
            with store.transaction():
                save(store, article(BODY), CLAIMS)
                save(store, article(LONG * 20, "https://akhbar.example/large"))

        with pytest.raises(StoreFull):
            write()
        assert store.rows("SELECT * FROM articles") == []
        assert save(store, article(BODY), CLAIMS).outcome == "new"


def test_a_large_article_among_large_ones_keeps_its_offsets(path: Path) -> None:
    body = f"{LONG}\nاستفادت 7 أسر"
    with Store.open(path) as store:
        save(store, article(body), [claim(body, "7 أسر", 7)])
        assert store.rows("SELECT text, sentence FROM claims_latest") == [
            {"text": "7 أسر", "sentence": "استفادت 7 أسر"}
        ]
        with pytest.raises(StoreRefused):
            save(store, article(body, "https://akhbar.example/2"), [claim(f"ا{body}", "7 أسر", 7)])
