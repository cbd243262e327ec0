"""Pruning the archive: which files go, what goes with them, and that no moment of it leaves a pointer to nothing."""

from __future__ import annotations

import fcntl
import json
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from crawler_loopback import run, start
from reprocessing_samples import OFF_TOPIC, contents, html, newspaper, older, said, story

from crawler.lock import DatabaseLock
from hasila.cli import main
from hasila.retention import plan, prune, survey
from rules import RULESET_VERSION
from store import Store
from store.upkeep import check

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 5


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five days with an article each, a day whose only page is about something else, and an edit on the last day."""
    folder = tmp_path_factory.mktemp("paper")
    with newspaper(folder / "hasila.db") as paper:
        for day in range(DAYS):
            paper.read(day, html(day, *story(day)), hours=24 * day)
        paper.read(20, html(20, *OFF_TOPIC, title="فوز المنتخب"), hours=-24)
        paper.read(0, html(0, *story(9)), hours=24 * (DAYS - 1))
    return folder


@pytest.fixture
def database(printed: Path, tmp_path: Path) -> Path:
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "hasila.db"


def files(database: Path) -> list[str]:
    """The days that are there."""
    return [path.name[10:18] for path in sorted((database.parent / "archive").rglob("*.warc.gz"))]


def faults(database: Path) -> list[str]:
    with Store.open(database) as store:
        return [fault.message for fault in check(store, archive=database.parent / "archive")]


def hasila(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def days(**limits: object) -> dict[str, object]:
    return {"ruleset": RULESET_VERSION, "now": NOW} | limits


def test_what_goes_by_age_and_by_size(database: Path) -> None:
    archive = database.parent / "archive"
    assert files(database) == ["20250916", "20250917", "20250918", "20250919", "20250920", "20250921"]
    with Store.open(database) as store:
        found = survey(store, archive)
        assert [(file.articles, file.pages) for file in found] == [
            (0, 1),
            (1, 0),
            (1, 0),
            (1, 0),
            (1, 0),
            (2, 0),
        ]
        total = sum(file.size for file in found)

        def going(**limits: object) -> list[int]:
            return [file.day.day for file in plan(store, archive, **days(lose_pages=True, **limits)).files]

        age = NOW - datetime(2025, 9, 18, tzinfo=UTC)  # of the last moment of the 17th
        assert going(older_than=age) == [16, 17]
        assert going(older_than=age + timedelta(seconds=1)) == [16]
        assert going(older_than=timedelta(days=3650)) == []
        assert going(max_size=total) == []
        assert going(max_size=total - 1) == [16]
        assert going(max_size=total - found[0].size - 1) == [16, 17]
        assert going(max_size=0) == [16, 17, 18, 19, 20, 21]
        assert going(older_than=age, max_size=found[5].size) == [16, 17, 18, 19, 20]


def test_files_with_pages_of_articles_are_spared_unless_that_is_meant(database: Path) -> None:
    archive = database.parent / "archive"
    with Store.open(database) as store:
        found = plan(store, archive, **days(max_size=0))
        assert [file.day.day for file in found.files] == [16]
        assert (len(found.spared), found.spared_articles, found.articles, found.pages) == (5, 5, 0, 1)
        assert found.excess == found.kept == sum(file.size for file in found.spared)
        # The first article has pages in two files.
        whole = plan(store, archive, **days(max_size=0, lose_pages=True))
        assert (len(whole.spared), whole.articles, whole.stale, whole.excess) == (0, 5, 0, 0)
    older(database)
    with Store.open(database) as store:
        assert plan(store, archive, **days(max_size=0, lose_pages=True)).stale == 5


def test_pointers_go_with_the_files_and_texts_and_claims_stay(database: Path) -> None:
    before = contents(database)
    done = hasila("archive", "prune", "--db", database, "--older-than", "30d", "--lose-pages", "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (len(report["files"]), report["articles"], report["pages"], report["bytes_kept"]) == (6, 5, 1, 0)
    assert files(database) == []
    assert faults(database) == []
    after = contents(database)
    assert after["records"] == []
    assert {row["archive_file"] for row in after["pages"]} == {None}
    for table in ("articles", "revisions", "claims", "points", "changes"):
        assert after[table] == before[table]
    with Store.open(database) as store:
        (run_row,) = store.rows("SELECT * FROM runs WHERE command = 'archive prune'")
    assert run_row["state"] == "done"
    assert json.loads(run_row["counters"])["files"] == 6
    # The rules read the stored texts, and find what they found.
    older(database)
    anew = hasila("reprocess", "--db", database, "--json")
    assert anew.exit_code == 0, anew.output
    assert json.loads(anew.stdout)["counts"]["from_text"] == 5
    assert said(contents(database))["claims"] == said(before)["claims"]


def test_the_command_says_what_it_spares_and_what_to_read_before(database: Path) -> None:
    older(database)
    spared = hasila("archive", "prune", "--db", database, "--older-than", "30d")
    assert spared.exit_code == 1
    assert "5 files spared: without them 5 articles could not be extracted anew" in spared.stderr
    assert files(database) == ["20250917", "20250918", "20250919", "20250920", "20250921"]
    would = hasila("archive", "prune", "--db", database, "--max-size", "1kB", "--lose-pages", "--dry-run")
    assert would.exit_code == 0, would.output
    assert (
        "5 articles that lose their page were read by older rules: `hasila reprocess` before" in would.stderr
    )
    assert len(files(database)) == 5
    assert faults(database) == []


@pytest.mark.parametrize(
    "arguments", [[], ["--older-than", "soon"], ["--max-size", "much"], ["--max-size", "-1"]], ids=str
)
def test_a_wrong_command_line_removes_nothing(database: Path, arguments: list[str]) -> None:
    assert hasila("archive", "prune", "--db", database, *arguments, "--lose-pages").exit_code == 2
    assert len(files(database)) == 6


def test_the_configuration_says_how_long(database: Path) -> None:
    config = database.parent / "hasila.toml"
    config.write_text('[archive]\nretention_age = "30d"\n')
    done = hasila("--config", config, "archive", "prune", "--db", database, "--lose-pages")
    assert done.exit_code == 0, done.output
    assert files(database) == []


def test_a_crawl_that_runs_is_not_disturbed(database: Path) -> None:
    with DatabaseLock(database):
        done = hasila("archive", "prune", "--db", database, "--older-than", "30d", "--lose-pages")
    assert done.exit_code == 75
    assert len(files(database)) == 6


def test_a_file_that_another_run_writes_to_stays_and_keeps_its_pointers(database: Path) -> None:
    archive = database.parent / "archive"
    busy = sorted(archive.rglob("*.warc.gz"))[2]
    with busy.open("rb") as held, Store.open(database) as store:
        fcntl.flock(held, fcntl.LOCK_EX)
        found = plan(store, archive, **days(max_size=0, lose_pages=True))
        assert len(prune(store, archive, found.files)) == 5
    assert files(database) == ["20250918"]
    assert [row["archive_file"] for row in contents(database)["records"]] == [f"quickpost/{busy.name}"]
    assert faults(database) == []


def test_what_is_not_ours_stays(database: Path, tmp_path: Path) -> None:
    folder = database.parent / "archive" / "quickpost"
    for name in (
        "notes.txt",
        "other.warc.gz",
        "quickpost-2025-00000.warc.gz",
        "quickpost-20259999-00000.warc",
    ):
        (folder / name).write_bytes(b"x")
    (folder / "quickpost-20200101-00000.warc.gz").symlink_to(folder / "notes.txt")
    assert hasila("archive", "prune", "--db", database, "--max-size", "0", "--lose-pages").exit_code == 0
    assert len(list(folder.iterdir())) == 5


def test_the_status_counts_by_site(database: Path) -> None:
    done = hasila("archive", "status", "--db", database, "--json")
    found = json.loads(done.stdout)
    size = sum(path.stat().st_size for path in (database.parent / "archive").rglob("*.warc.gz"))
    assert (found["files"], found["bytes"]) == (6, size)
    site = found["sites"]["quickpost"]
    assert (site["first_day"], site["last_day"], site["pages"]) == ("2025-09-16", "2025-09-21", 1)
    assert "quickpost" in hasila("archive", "status", "--db", database).stdout


@pytest.mark.parametrize("action", ["status", "prune"])
def test_no_archive_and_no_database(database: Path, tmp_path: Path, action: str) -> None:
    options = ["--older-than", "1d"] if action == "prune" else []
    missing = hasila("archive", action, "--db", database, "--archive", tmp_path / "none", *options)
    assert (missing.exit_code, missing.stderr.count("\n")) == (1, 1)
    assert "there is no archive" in missing.stderr
    none = hasila("archive", action, "--db", tmp_path / "none.db", *options)
    assert (none.exit_code, none.stderr.count("\n")) == (1, 1)


# Killed


_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from hasila.retention import plan, prune
from store import Store
database, moment = Path(sys.argv[1]), sys.argv[2]
archive = database.parent / "archive"
removed = 0
unlink = Path.unlink
def dying(self, *arguments, **options):
    global removed
    if moment == str(removed):
        os.kill(os.getpid(), signal.SIGKILL)
    removed += 1
    unlink(self, *arguments, **options)
Path.unlink = dying
with Store.open(database) as store:
    found = plan(store, archive, max_size=0, lose_pages=True, ruleset="1")
    if moment == "transaction":
        store.db.conn.set_trace_callback(lambda sql: sql == "COMMIT" and os.kill(os.getpid(), signal.SIGKILL))
    prune(store, archive, found.files)
"""


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        pytest.param("transaction", 6, marks=pytest.mark.long),
        ("0", 6),
        pytest.param("3", 3, marks=pytest.mark.long),
    ],
)
def test_killed_at_the_worst_moments_it_leaves_no_pointer_to_nothing(
    database: Path, moment: str, left: int
) -> None:
    done = subprocess.run([sys.executable, "-c", _KILLED, database, moment], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert len(files(database)) == left
    assert faults(database) == []
    pointers = len(contents(database)["records"])
    assert pointers == (6 if moment == "transaction" else 0)
    again = hasila("archive", "prune", "--db", database, "--max-size", "0", "--lose-pages")
    assert again.exit_code == 0, again.output
    assert files(database) == []
    assert faults(database) == []


@pytest.mark.long
def test_killed_at_any_moment_the_database_and_the_archive_agree(tmp_path: Path) -> None:
    """A thousand files, killed nineteen times on the way."""
    database = tmp_path / "hasila.db"
    with newspaper(database) as paper, paper.store.transaction():
        for day in range(1000):
            paper.read(day, html(day, *story(day % 50)), hours=24.0 * (day - 1000))
    chosen = random.Random(3)
    begun = time.monotonic()
    run("hasila", "archive", "prune", "--db", database, "--max-size", f"{20 * 50 * 900}B", "--lose-pages")
    whole = time.monotonic() - begun  # how fast the machine is decides when there is something to kill
    kills = 0
    for turn in range(1, 20):
        limit = f"{(20 - turn) * 50 * 900}B"
        process = start("hasila", "archive", "prune", "--db", database, "--max-size", limit, "--lose-pages")
        time.sleep(chosen.uniform(0.4, 1.1) * whole)
        kills += process.poll() is None
        process.kill()
        process.communicate()
        assert faults(database) == []
    assert kills > 3
    done = run("hasila", "archive", "prune", "--db", database, "--max-size", "0", "--lose-pages")
    assert done.returncode == 0, done.stderr
    assert (files(database), faults(database)) == ([], [])
