"""`hasila db`: check, rebuild, vacuum and backup as operators call them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from store_samples import seed

from crawler.lock import DatabaseLock
from hasila.cli import main
from store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hasila.db"
    with Store.open(path) as store:
        seed(store)
    return path


def db(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["db", *map(str, arguments)])


def test_a_sound_database(database: Path) -> None:
    result = db("check", "--db", database)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{database}: 1 articles and 2 claims, all well\n"


def test_faults_are_named_and_those_of_derived_rows_can_be_put_right(database: Path) -> None:
    other = sqlite3.connect(database)
    other.execute("DELETE FROM tallies")
    other.commit()
    other.close()
    result = db("check", "--db", database)
    assert result.exit_code == 1
    assert "hasila: tallies: " in result.stderr
    assert "hasila db rebuild" in result.stderr
    assert db("rebuild", "--db", database).exit_code == 0
    assert db("check", "--db", database).exit_code == 0


def test_the_archive(database: Path, tmp_path: Path) -> None:
    with Store.open(database) as store, store.transaction():
        store.db.execute(
            "UPDATE pages SET archive_file = 'a.warc.gz', archive_offset = 0, archive_length = 1"
        )
    assert db("check", "--db", database).exit_code == 0
    (tmp_path / "archive").mkdir()
    result = db("check", "--db", database, "--archive", tmp_path / "archive")
    assert result.exit_code == 1
    assert "a.warc.gz" in result.stderr
    assert db("check", "--db", database, "--archive", tmp_path / "none").exit_code == 2


def test_a_backup_of_a_database_in_use(database: Path, tmp_path: Path) -> None:
    with DatabaseLock(database), Store.open(database) as store, store.transaction():
        result = db("backup", tmp_path / "copy.db", "--db", database)
    assert result.exit_code == 0, result.stderr
    with Store.open(tmp_path / "copy.db") as copy:
        assert len(copy.rows("SELECT 1 FROM claims")) == 2
    again = db("backup", tmp_path / "copy.db", "--db", database)
    assert again.exit_code == 1
    assert "is there already" in again.stderr


def test_vacuum(database: Path) -> None:
    result = db("vacuum", "--db", database)
    assert result.exit_code == 0
    assert "MB before" in result.stdout


@pytest.mark.parametrize("action", ["vacuum", "rebuild"])
def test_what_may_not_run_beside_a_crawl_says_so_at_once(database: Path, action: str) -> None:
    with DatabaseLock(database):
        result = db(action, "--db", database)
    assert result.exit_code == 75
    assert "already running" in result.stderr


@pytest.mark.parametrize("action", [["check"], ["vacuum"], ["rebuild"], ["backup", "x.db"]])
def test_no_database(tmp_path: Path, action: list[str]) -> None:
    result = db(*action, "--db", tmp_path / "none.db")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert [entry.name for entry in tmp_path.iterdir() if not entry.name.endswith(".lock")] == []


def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes\n" * 100)
    for action in ("check", "vacuum", "rebuild"):
        result = db(action, "--db", path)
        assert result.exit_code == 1
        assert "is no SQLite database" in result.stderr
    assert path.read_text() == "notes\n" * 100


DATABASES = Path(__file__).parent / "fixtures" / "databases"


@pytest.mark.parametrize("version", [1, 3, 99])
def test_a_database_of_any_version_is_copied_as_it_is(tmp_path: Path, database: Path, version: int) -> None:
    """Before an upgrade, and after one that has to be taken back."""
    if version == 99:
        path = database
        other = sqlite3.connect(path)
        other.execute("PRAGMA user_version = 99")
    else:
        path = tmp_path / "old.db"
        other = sqlite3.connect(path)
        other.executescript((DATABASES / f"version_{version}.sql").read_text(encoding="utf-8"))
    other.close()
    before = path.read_bytes()
    result = db("backup", tmp_path / "copy.db", "--db", path)
    assert result.exit_code == 0, result.stderr
    assert path.read_bytes() == before
    copy, original = sqlite3.connect(tmp_path / "copy.db"), sqlite3.connect(path)
    assert list(copy.iterdump()) == list(original.iterdump())
    assert copy.execute("PRAGMA user_version").fetchone() == (version,)
    for connection in (copy, original):
        connection.close()
    if version == 99:  # nothing else is done to it
        assert db("check", "--db", path).exit_code == 1
