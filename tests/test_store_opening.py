"""Opening: what is no database of ours is left as it is, with one line that says what to do."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from store_samples import T0, seed

from store import Store, StoreError, StoreFull, StoreLocked, connection, errors, schema


def refusal(path: Path, **options: Any) -> str:
    """The message with which `path` is refused: one line that names the file."""
    with pytest.raises(StoreError) as error:
        Store.open(path, **options)
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def test_a_missing_folder(tmp_path: Path) -> None:
    assert "folder" in refusal(tmp_path / "none" / "a.db")
    assert not (tmp_path / "none").exists()


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder: name a database file" in refusal(tmp_path)


@pytest.mark.parametrize("options", [{"create": False}, {"readonly": True}], ids=str)
def test_a_missing_file_where_none_may_be_made(tmp_path: Path, options: dict[str, bool]) -> None:
    assert "there is no database" in refusal(tmp_path / "a.db", **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [
        b"x",
        b"site;claims\nquickpost;12\n",
        "حصيلة الدعم\n".encode() * 200,
        b"\0" * 8192,
        b"%PDF-1.7\n" + b"a" * 5000,
    ],
    ids=["one byte", "short", "text", "zeros", "pdf"],
)
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)
    assert "is no SQLite database" in refusal(path)
    assert path.read_bytes() == content
    assert [entry.name for entry in tmp_path.iterdir()] == ["notes.txt"]


def test_a_named_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "is no SQLite database" in refusal(tmp_path / "pipe")


@pytest.mark.parametrize("pragma", ["", "PRAGMA application_id = 42", "PRAGMA user_version = 3"])
def test_the_database_of_another_program_is_left_as_it_is(tmp_path: Path, pragma: str) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as other:
        other.execute(pragma or "CREATE TABLE articles (id INTEGER PRIMARY KEY, title TEXT)")
    other.close()
    before = path.read_bytes()
    assert "of another program" in refusal(path)
    assert "of another program" in refusal(path, readonly=True)
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    assert "is empty" in refusal(path, readonly=True)
    assert "is empty" in refusal(path, create=False)
    assert path.stat().st_size == 0
    with Store.open(path) as store:
        assert store.rows("SELECT * FROM articles") == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with something in it, closed."""
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        seed(store)
    return path


def test_a_newer_schema(path: Path) -> None:
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {schema.known_version() + 1}")
    newer.close()
    before = path.read_bytes()
    for readonly in (False, True):
        known = schema.known_version()
        assert f"newer hasila (schema {known + 1}, this one knows {known}): update the program" in refusal(
            path, readonly=readonly
        )
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["truncated", "overwritten"])
def test_a_damaged_database(path: Path, damage: str) -> None:
    content = path.read_bytes()
    page_size = int.from_bytes(content[16:18], "big")
    # The first page, which holds the header and the root of the schema, is left; what it leads to is not there.
    rest = b"" if damage == "truncated" else b"\xff" * (len(content) - page_size)
    path.write_bytes(content[:page_size] + rest)
    for readonly in (False, True):
        assert "is damaged" in refusal(path, readonly=readonly)


def test_damage_found_while_reading(path: Path) -> None:
    with Store.open(path) as store:
        (found,) = store.rows("SELECT rootpage FROM sqlite_master WHERE name = 'issues'")
        (size,) = store.rows("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((found["rootpage"] - 1) * size["page_size"])
        file.write(b"\xff" * size["page_size"])
    with Store.open(path) as store:
        with pytest.raises(StoreError, match="is damaged"):
            store.rows("SELECT * FROM issues")
        with pytest.raises(StoreError, match="is damaged"):
            store.add_issue("a", "b", at=T0)


def test_names_with_the_signs_of_a_uri(tmp_path: Path) -> None:
    for name in ("a?mode=memory.db", "50%.db", "a#b.db", "حصيلة.db", " a b .db"):
        with Store.open(tmp_path / name) as store:
            seed(store)
        with Store.open(str(tmp_path / name), readonly=True) as store:
            assert len(store.rows("SELECT 1 FROM claims")) == 2
    assert len([entry for entry in tmp_path.iterdir() if entry.suffix == ".db"]) == 5


def test_reading_writes_nothing(path: Path) -> None:
    before = path.read_bytes()
    with Store.open(path, readonly=True) as store:
        assert len(store.rows("SELECT * FROM claims_latest")) == 2
        with pytest.raises(StoreError, match="reading only"):
            store.begin_run("crawl", [], program="0", ruleset="1", at=T0)
        with pytest.raises(StoreError, match="read-only"):
            store.rows("DELETE FROM claims RETURNING id")
    assert path.read_bytes() == before


def test_closing_twice(path: Path) -> None:
    store = Store.open(path)
    store.close()
    store.close()


def test_an_old_sqlite(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 34, 1))
    with pytest.raises(StoreError, match=r"3\.37 or newer"):
        Store.open(path)


def test_a_file_system_without_wal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite answers with the journal mode that it has instead, as it does for a database in memory."""
    real = sqlite3.connect
    monkeypatch.setattr(
        connection.sqlite3, "connect", lambda _, **options: real(":memory:", isolation_level=None)
    )
    assert "move it to a local disk" in refusal(tmp_path / "a.db")


def test_a_lock_that_stays(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with Store.open(path, timeout=0.05) as store:  # reading is not kept from anybody
        assert len(store.rows("SELECT 1 FROM claims")) == 2
        with pytest.raises(StoreLocked, match=r"locked by another program \(waited 0\.05 s\)"):
            store.add_issue("a", "b", at=T0)
        other.execute("ROLLBACK")
        store.add_issue("a", "b", at=T0)
    other.close()


def test_a_lock_on_a_new_database(tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreLocked):
        Store.open(tmp_path / "a.db", timeout=0.05)
    other.close()


def sqlite_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("as SQLite says it")
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(("free", "kind"), [(0, StoreFull), (1 << 30, StoreError)], ids=["full", "room"])
def test_an_io_error_on_a_full_disk_is_a_full_disk(
    path: Path, monkeypatch: pytest.MonkeyPatch, free: int, kind: type[StoreError]
) -> None:
    """SQLite calls it an I/O error when the index of the write-ahead log cannot grow."""
    monkeypatch.setattr(errors.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    found = errors.explain(sqlite_error(sqlite3.SQLITE_IOERR_SHMSIZE), path, 1)
    assert type(found) is kind
    assert str(path) in str(found)


def test_a_mistake_in_our_own_sql_is_no_fault_of_the_user(path: Path) -> None:
    with Store.open(path) as store, pytest.raises(sqlite3.OperationalError, match="no such column: colour"):
        store.rows("SELECT colour FROM pages")


# Rights. The superuser may write everything, so these tests are another user's.

NOBODY = 65534


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may look into: those of pytest are private."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _as_nobody(sender: Any, action: Callable[[Path], object], path: Path) -> None:
    if os.geteuid() == 0:
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        sender.send(str(action(path)))
    except StoreError as error:
        sender.send(f"StoreError {error}")


def as_nobody(action: Callable[[Path], object], path: Path) -> str:
    """What `action` returns, or says, for a user who does not own `path`."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_as_nobody, args=(sender, action, path))
    process.start()
    sender.close()
    try:
        return str(receiver.recv())
    finally:
        process.join()


def _opened(path: Path) -> object:
    Store.open(path).close()
    return "opened"


def _read(path: Path) -> object:
    with Store.open(path, readonly=True) as store:
        return len(store.rows("SELECT 1 FROM claims"))


def test_a_file_that_may_not_be_written(path: Path, open_folder: Path) -> None:
    shutil.copy(path, open_folder)
    copy = open_folder / path.name
    copy.chmod(0o444)
    open_folder.chmod(0o777)
    assert as_nobody(_opened, copy).startswith(
        f"StoreError {copy} is read-only: make it and its folder writable"
    )
    assert as_nobody(_read, copy) == "2"


def test_a_folder_that_may_not_be_written(path: Path, open_folder: Path) -> None:
    shutil.copy(path, open_folder)
    copy = open_folder / path.name
    copy.chmod(0o666)
    open_folder.chmod(0o555)
    for file in (copy, open_folder / "new.db"):
        assert as_nobody(_opened, file).startswith(f"StoreError {file} is read-only")
    # The index of the write-ahead log cannot be made beside it, so it cannot be read either; the line says why.
    assert as_nobody(_read, copy).startswith(f"StoreError {copy} ")


def test_a_file_that_may_not_be_read(path: Path, open_folder: Path) -> None:
    shutil.copy(path, open_folder)
    copy = open_folder / path.name
    copy.chmod(0o000)
    assert (
        as_nobody(_read, copy)
        == f"StoreError {copy} may not be read by you: ask its owner, or name another database"
    )
