"""Upkeep: what `check` finds, a backup while somebody writes, and a database without gaps."""

from __future__ import annotations

import itertools
import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from store_samples import BODY, CLAIMS, INDICATORS, T0, URL, article, claim, later, save, seed

from store import ArchivePointer, Store, StoreError, StoreFull, StoreLocked
from store.upkeep import SHOWN, backup, check, rebuild, vacuum

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "hasila.db"
    with Store.open(path) as store:
        seed(store)
        body = BODY.replace("4 ملايين", "5 ملايين")
        save(store, article(body), [claim(body, "5 ملايين أسرة", 5e6)], read_at=later(1))
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as opened:
        yield opened


def kinds(store: Store, **options: Any) -> set[str]:
    return {fault.kind for fault in check(store, **options)}


def damage(path: Path, *statements: str) -> None:
    """What no code of ours does: by another program, past triggers, checks and references."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA foreign_keys = OFF")
    other.execute("PRAGMA ignore_check_constraints = ON")
    for (trigger,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        other.execute(f"DROP TRIGGER {trigger}")
    for statement in statements:
        assert other.execute(statement).rowcount, statement
    other.close()


def test_a_sound_database_has_no_fault_and_checking_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    with Store.open(path, readonly=True) as store:
        assert list(check(store)) == []
        assert list(check(store)) == []
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ('UPDATE claims SET start = start + 1, "end" = "end" + 1 WHERE id = 1', "offset"),
        ("UPDATE claims SET sentence_end = 9999 WHERE id = 1", "offset"),
        ("UPDATE revisions SET body = replace(body, 'الوزارة', 'الوكالة') WHERE id = 1", "hash"),
        ("UPDATE claims SET revision = 99 WHERE id = 1", "offset"),
        ("UPDATE claims SET indicator = 'none' WHERE id = 1", "reference"),
        ("UPDATE claims SET kind = 'weight' WHERE id = 1", "integrity"),
        ("UPDATE revisions SET method = 'guess' WHERE id = 1", "integrity"),
        ("DELETE FROM revisions WHERE id = 2", "latest"),
        ("UPDATE articles SET latest = 1 WHERE id = 1", "latest"),
        ("UPDATE articles SET latest = NULL", "orphan"),
        ("UPDATE revisions SET number = 7 WHERE id = 2", "numbering"),
        ("DELETE FROM clusters", "cluster"),
        ("UPDATE clusters SET cluster = 9", "cluster"),
        ("UPDATE changes SET earlier = later", "changes"),
        ("DELETE FROM changes", "changes"),
        ("UPDATE points SET outlets = 5", "points"),
        ("UPDATE tallies SET claims = claims + 1", "tallies"),
        ("UPDATE coverage SET articles = articles + 1, revisions = revisions + 1", "coverage"),
        ("UPDATE run_tallies SET claims = claims + 1", "run_tallies"),
        ("INSERT INTO _search (rowid, title, body) VALUES (9, 'a', 'b')", "search"),
    ],
)
def test_every_fault_is_found(path: Path, statement: str, kind: str) -> None:
    with Store.open(path) as store:
        store.load_indicators(INDICATORS)
        body = "بلغ العدد 5 أسر."
        save(
            store, article(body, "https://b.example/1"), [claim(body, "5 أسر", 5, indicator="asd.households")]
        )
    damage(path, statement)
    with Store.open(path, readonly=True) as store:
        found = list(check(store))
    assert kind in {fault.kind for fault in found}
    assert all("\n" not in fault.message for fault in found)


def test_many_faults_are_counted(path: Path) -> None:
    with Store.open(path) as store:
        for number in range(SHOWN + 5):
            save(store, article(f"{BODY} {number}", f"{URL}/{number}"), CLAIMS)
    damage(path, "UPDATE revisions SET body_hash = printf('%064d', id)")
    with Store.open(path, readonly=True) as store:
        found = [fault.message for fault in check(store) if fault.kind == "hash"]
    assert len(found) == SHOWN + 1
    assert found[-1].endswith("7 more")


def test_what_is_derived_can_be_made_anew(path: Path) -> None:
    damage(path, "DELETE FROM clusters", "DELETE FROM tallies", "DELETE FROM changes")
    with Store.open(path) as store:
        assert kinds(store) == {"cluster", "tallies", "changes"}
        rebuild(store)
        assert kinds(store) == set()


def test_archive_pointers(store: Store, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    (archive / "a.warc").write_bytes(b"WARC/1.1\r\n" * 10)

    def point(file: str, offset: int, length: int) -> set[str]:
        pointer = ArchivePointer(file=file, offset=offset, length=length)
        store.mark_page(URL, "done", at=T0, archive=pointer)
        return kinds(store, archive=archive)

    assert point("a.warc", 0, 100) == set()
    assert point("a.warc", 10, 90) == set()
    assert point("a.warc", 5, 50) == {"archive"}  # inside a record
    assert point("a.warc", 10, 91) == {"archive"}  # past the end
    assert point("b.warc", 0, 10) == {"archive"}
    assert point("../hasila.db", 0, 10) == {"archive"}
    assert kinds(store) == set()


# Backup


def test_a_backup_is_the_database_in_one_file(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert backup(store, copy) == copy.stat().st_size > 0
    assert {entry.name for entry in tmp_path.iterdir()} == {
        "copy.db",
        "hasila.db",
        "hasila.db-wal",
        "hasila.db-shm",
    }
    with Store.open(copy) as restored:
        assert restored.rows("SELECT * FROM claims") == store.rows("SELECT * FROM claims")
        assert list(check(restored)) == []
        assert save(restored, article("نص جديد")).outcome == "revised"


def test_a_backup_never_replaces_a_file(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(StoreError, match="is there already"):
        backup(store, tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"
    with pytest.raises(StoreError, match="folder"):
        backup(store, tmp_path / "none" / "copy.db")


def test_a_backup_that_fails_leaves_nothing(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sqlite3.connect

    def small(*arguments: Any, **options: Any) -> sqlite3.Connection:
        target = real(*arguments, **options)
        target.execute("PRAGMA max_page_count = 3")
        return target

    monkeypatch.setattr("store.upkeep.sqlite3.connect", small)
    with pytest.raises(StoreFull):
        backup(store, tmp_path / "copy.db")
    assert not [entry for entry in tmp_path.iterdir() if "copy" in entry.name]


def _write_until(path: str, stop: Any, written: Any) -> None:
    with Store.open(path) as store:
        for number in itertools.count():
            save(store, article(f"{BODY} {number}", f"https://w.example/{number}"), CLAIMS)
            written.value = number + 1
            if stop.is_set():
                return


def test_backups_while_a_process_writes(path: Path, tmp_path: Path) -> None:
    """Every copy is whole, holds what was committed before it, and the writer does not stop for it."""
    stop, written = SPAWN.Event(), SPAWN.Value("i", 0)
    writer = SPAWN.Process(target=_write_until, args=(str(path), stop, written))
    writer.start()
    try:
        for number in range(4):
            reached = written.value
            while written.value < reached + 20:
                assert writer.is_alive()
            copy = tmp_path / f"copy{number}.db"
            least = written.value
            with Store.open(path, readonly=True) as store:
                backup(store, copy)
            with Store.open(copy, readonly=True) as restored:
                assert list(check(restored)) == []
                (found,) = restored.rows("SELECT count(*) AS n FROM articles WHERE url LIKE 'https://w.%'")
                assert least <= found["n"] <= written.value + 1
    finally:
        stop.set()
        writer.join(60)
    assert writer.exitcode == 0


# Vacuum


def test_vacuum_gives_the_room_back(store: Store) -> None:
    with store.transaction():
        for number in range(200):
            store.add_issue("odd", "خبر " * 500, at=later(number))
    store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with store.transaction():
        store.db.execute("DELETE FROM issues")
    before, after = vacuum(store)
    assert after < before / 2
    assert list(check(store)) == []
    assert len(store.search("الوزارة")) == 1


def test_vacuum_waits_for_nobody_for_ever(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(path, timeout=0.05) as store, pytest.raises(StoreLocked):
        vacuum(store)
    other.close()
