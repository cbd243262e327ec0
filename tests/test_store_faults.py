"""What every command that writes does with a database that stays locked, and with a disk that is full."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from crawler_loopback import Loopback, Reply, loopback, run, settings, stories_of
from store_samples import BODY, CLAIMS, INDICATORS, article, save, seed

from hasila.cli import main
from store import Store, StoreFull

PAGE = "<html><head><title>خبر</title></head><body><article><h1>خبر</h1><p>استفادت 5 ملايين أسرة من الدعم.</p></article>"
LINE = '{"url": "https://akhbar.example/9", "title": "خبر", "text": "استفادت 5 ملايين أسرة من الدعم الاجتماعي."}\n'


def ask(database: Path, sql: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


# Locked by another program


@pytest.fixture
def locked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, sqlite3.Connection]]:
    """A database in which another program has begun to write, and a program of ours that waits for a moment only."""
    database = tmp_path / "n.db"
    with Store.open(database) as store:
        seed(store)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("store.writer.BUSY_TIMEOUT", 0.05)
    yield database, other
    other.close()


@pytest.mark.parametrize(
    "command",
    [
        "crawl quickpost",
        "demo",
        "extract page.html --format jsonl",
        "import articles.jsonl",
        "reprocess --rules-only",
        "db rebuild",
        "db vacuum",
    ],
)
def test_every_command_that_writes_says_that_it_is_to_be_tried_again(
    tmp_path: Path,
    locked: tuple[Path, sqlite3.Connection],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    database, other = locked
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("articles.jsonl").write_text(LINE, encoding="utf-8")
    before = "\n".join(sqlite3.connect(database).iterdump())
    done = CliRunner().invoke(main, [*command.split(), "--db", str(database)])
    assert done.exit_code == 75, done.output
    assert isinstance(done.exception, SystemExit)
    assert "is locked by another program" in done.stderr
    assert "Traceback" not in done.output
    other.execute("ROLLBACK")
    assert "\n".join(sqlite3.connect(database).iterdump()) == before


@pytest.mark.long
def test_a_crawl_that_finds_the_database_locked_midway_loses_nothing(tmp_path: Path) -> None:
    database = tmp_path / "n.db"
    Store.open(database).close()
    other = sqlite3.connect(database, isolation_level=None, check_same_thread=False)
    asked = threading.Event()

    def lock() -> Reply:
        if not asked.is_set():
            other.execute("BEGIN IMMEDIATE")
            asked.set()
        return Reply(404)

    impatient = "import store.writer, hasila.cli; store.writer.BUSY_TIMEOUT = 0.3; hasila.cli.main()"
    with loopback() as site:
        sitemap = "http://quickpost.test/sitemap_index.xml"
        site.replies[sitemap] = lock
        crawl = [
            sys.executable,
            "-c",
            impatient,
            "crawl",
            "quickpost",
            "--db",
            str(database),
            *settings(site),
        ]
        done = subprocess.run(crawl, capture_output=True, text=True, timeout=120, check=False)
        assert asked.is_set()
        assert done.returncode == 75, done.stderr
        assert "is locked by another program" in done.stderr
        assert "Traceback" not in done.stderr
        other.execute("ROLLBACK")
        del site.replies[sitemap]
        again = run("hasila", "crawl", "quickpost", "--db", database, *settings(site))
        assert again.returncode == 0, again.stderr
    other.close()
    whole(database)


def whole(database: Path) -> None:
    """Everything that is about the reform is there, once, and nothing waits."""
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]
    assert ask(database, "SELECT count(*) FROM pages WHERE state IN ('pending', 'failed')") == [(0,)]
    expected = sum(story.about_reform for story in stories_of("quickpost.test"))
    assert ask(database, "SELECT count(*) FROM articles") == [(expected,)]
    assert ask(database, "SELECT count(*) FROM runs WHERE state = 'running'") == [(0,)]


# No database that can be used


def broken(folder: Path, fault: str) -> Path:
    """A path at which there is no database of ours that this program can use."""
    path = folder / "n.db"
    if fault == "missing folder":
        return folder / "none" / "n.db"
    if fault == "corrupt":
        path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        return path
    if fault == "newer":
        Store.open(path).close()
    other = sqlite3.connect(path)
    other.execute("PRAGMA user_version = 99" if fault == "newer" else "CREATE TABLE notes (text)")
    other.close()
    return path


@pytest.mark.parametrize("fault", ["missing folder", "corrupt", "foreign", "newer"])
def test_every_command_says_in_one_line_what_is_wrong_with_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.html").write_text(PAGE, encoding="utf-8")
    Path("articles.jsonl").write_text(LINE, encoding="utf-8")
    path = broken(tmp_path, fault)
    before = path.read_bytes() if path.exists() else None
    for command in (
        "crawl quickpost --quiet",
        "extract page.html --format jsonl",
        "import articles.jsonl",
        "reprocess --rules-only",
        "search الدعم",
        "status",
        "export --to out",
        "db check",
        "db rebuild",
        "db vacuum",
    ):
        done = CliRunner().invoke(main, [*command.split(), "--db", str(path)])
        assert done.exit_code == 1, (command, done.output)
        assert isinstance(done.exception, SystemExit), command
        assert str(path) in done.stderr, (command, done.stderr)
        assert done.stderr.count("\n") == 1, (command, done.stderr)
        assert (path.read_bytes() if path.exists() else None) == before, command


# A disk without room


@dataclass(frozen=True)
class SmallDisk:
    """A file system in memory."""

    folder: Path

    def fill(self, *, leave: int) -> None:
        """Leave so many bytes."""
        ballast = self.folder / "ballast"
        ballast.unlink(missing_ok=True)
        with ballast.open("wb") as file:
            file.write(b"\0" * max(0, shutil.disk_usage(self.folder).free - leave))

    def empty(self) -> None:
        """Make room."""
        (self.folder / "ballast").unlink()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only the superuser may mount a file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.strip()}")
    yield SmallDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.long
def test_a_full_disk_keeps_what_was_stored_and_takes_the_rest_when_there_is_room(
    small_disk: SmallDisk,
) -> None:
    database = small_disk.folder / "n.db"
    long = "نص طويل " * 500
    with Store.open(database) as store:
        store.load_indicators(INDICATORS)
        save(store, article(BODY), CLAIMS)
        small_disk.fill(leave=400_000)
        stored = 0

        def write() -> None:
            nonlocal stored
            for number in range(200):
                save(store, article(f"{long}{number}", f"https://akhbar.example/long/{number}"))
                stored += 1

        with pytest.raises(StoreFull, match=r"no room left to write .*free some disk space, then run again"):
            write()
        assert 0 < stored < 200
        assert not store.db.conn.in_transaction
        assert len(store.rows("SELECT 1 FROM articles")) == 1 + stored
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        small_disk.empty()
        write()
        assert len(store.rows("SELECT 1 FROM articles")) == 201
    done = CliRunner().invoke(main, ["db", "check", "--db", str(database)])
    assert done.exit_code == 0, done.output


@pytest.mark.long
@pytest.mark.parametrize("full", ["database", "archive", "both"])
def test_a_crawl_on_a_full_disk_stops_with_one_line_and_goes_on_when_there_is_room(
    tmp_path: Path, small_disk: SmallDisk, full: str
) -> None:
    roomy = tmp_path / "roomy"
    roomy.mkdir()
    database = (roomy if full == "archive" else small_disk.folder) / "n.db"
    archive = (roomy if full == "database" else small_disk.folder) / "archive"
    Store.open(database).close()

    def crawl(site: Loopback) -> subprocess.CompletedProcess[str]:
        where = settings(site, HASILA_ARCHIVE=archive)
        return run("hasila", "crawl", "quickpost", "--db", database, *where)

    with loopback() as site:
        small_disk.fill(leave=8_000 if full == "archive" else 160_000)
        done = crawl(site)
        assert done.returncode == 1, done.stderr
        assert re.search("free some disk space, then run again|No space left on device", done.stderr)
        assert "Traceback" not in done.stderr
        assert ask(database, "PRAGMA integrity_check") == [("ok",)]
        small_disk.empty()
        again = crawl(site)
        assert again.returncode == 0, again.stderr
    whole(database)
    done = run("hasila", "db", "check", "--db", database, "--archive", archive)
    assert done.returncode == 0, done.stderr
