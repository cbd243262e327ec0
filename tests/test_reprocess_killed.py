"""Reading anew by real processes: killed, stopped, with processes of its own that die."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from click.testing import CliRunner
from crawler_loopback import run, start
from reprocessing_samples import contents, damage_claims, html, newspaper, older, said, story

from hasila.cli import main
from hasila.reprocessing.reading import ArticleRead, Failure, Reader, Result
from hasila.reprocessing.worker_pool import ProcessesDiedError, read_all
from rules import RULESET_VERSION
from store import Store
from store.rereading import Selection, StoredArticle, Unread, articles
from store.upkeep import check

COUNT = 150


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Articles whose claims are from other rules."""
    folder = tmp_path_factory.mktemp("paper")
    with newspaper(folder / "hasila.db") as paper, paper.store.transaction():
        for number in range(COUNT):
            paper.read(number, html(number, *story(number)), hours=number)
    return folder


@pytest.fixture(scope="module")
def right(printed: Path) -> Any:
    return said(contents(printed / "hasila.db"))


@pytest.fixture
def database(printed: Path, tmp_path: Path) -> Path:
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "hasila.db"
    older(path)
    damage_claims(path)
    return path


def done_of(database: Path) -> int:
    """How many texts today's rules have read, as any reader sees it."""
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        query = "SELECT count(*) FROM revisions WHERE ruleset = ?"
        return int(connection.execute(query, (RULESET_VERSION,)).fetchone()[0])


def await_first(database: Path, process: Popen[bytes]) -> None:
    """Until the first texts are written."""
    while not done_of(database):
        assert process.poll() is None, process.communicate()
        time.sleep(0.002)


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def await_end(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(map(alive, pids)):
        assert time.monotonic() < deadline, "processes outlive the one that began them"
        time.sleep(0.01)


def finish(database: Path, *options: str) -> dict[str, Any]:
    """Run to the end and return the report."""
    done = CliRunner().invoke(main, ["reprocess", "--db", str(database), "--json", *options])
    assert done.exit_code == 0, done.output
    with Store.open(database) as store:
        assert list(check(store, archive=database.parent / "archive")) == []
    report: dict[str, Any] = json.loads(done.stdout)
    return report


_DYING = """
import os, signal, sys
from hasila.reprocessing import passes
from hasila.cli import main
note = passes.note_counters
def dying(*arguments):
    note(*arguments)
    if passes.dying_at == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    passes.dying_at -= 1
passes.dying_at = 1
passes.note_counters = dying
main(["reprocess", "--db", sys.argv[1], "--jobs", "1"])
"""


def test_killed_before_a_transaction_ends_it_goes_on_with_that(tmp_path: Path) -> None:
    database = tmp_path / "hasila.db"
    with newspaper(database) as paper, paper.store.transaction():
        for number in range(30):
            paper.read(number, html(number, *story(number)))
    right = said(contents(database))
    older(database)
    damage_claims(database)
    dead = subprocess.run([sys.executable, "-c", _DYING, database], check=False, capture_output=True)
    assert dead.returncode == -signal.SIGKILL, dead.stderr.decode()
    assert done_of(database) == 25  # the second transaction was about to be committed
    assert finish(database)["counts"]["articles"] == 5
    assert said(contents(database)) == right
    with Store.open(database) as store:
        runs = store.rows("SELECT state, counters FROM runs WHERE command = 'reprocess' ORDER BY id")
    assert [run["state"] for run in runs] == ["interrupted", "done"]
    assert [json.loads(run["counters"])["articles"] for run in runs] == [25, 5]


@pytest.mark.long
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_killed_it_goes_on_where_it_was(database: Path, right: Any, jobs: str) -> None:
    process = start("hasila", "reprocess", "--db", database, "--jobs", jobs)
    await_first(database, process)
    workers = children(process.pid)
    assert len(workers) >= (2 if jobs == "2" else 0)
    process.kill()
    process.communicate()
    await_end(workers)
    done = done_of(database)
    assert 0 < done < COUNT
    report = finish(database, "--jobs", "1")
    assert report["counts"]["articles"] == COUNT - done
    assert said(contents(database)) == right


@pytest.mark.long
@pytest.mark.parametrize(
    ("number", "jobs"),
    [(signal.SIGTERM, "1"), (signal.SIGINT, "2")],
)
def test_told_to_stop_it_stores_what_it_has_read(database: Path, number: int, jobs: str) -> None:
    process = start("hasila", "reprocess", "--db", database, "--all", "--jobs", jobs, "--json")
    await_first(database, process)
    process.send_signal(number)
    begun = time.monotonic()
    out, err = process.communicate()
    assert time.monotonic() - begun < 10
    assert process.returncode == 0, err.decode()
    assert b"stopped" in err
    report = json.loads(out)
    done = done_of(database)
    assert report["state"] == "interrupted"
    assert report["counts"]["articles"] == done < COUNT
    # Of a pass over everything the row of the run says how far it came.
    rest = finish(database, "--all")
    assert (rest["resumed"], rest["counts"]["articles"]) == (True, COUNT - done)
    if jobs == "2":
        assert finish(database, "--all")["counts"]["articles"] == COUNT


@pytest.mark.long
def test_a_pass_over_everything_can_begin_afresh(database: Path) -> None:
    process = start("hasila", "reprocess", "--db", database, "--all", "--jobs", "1")
    await_first(database, process)
    process.kill()
    process.communicate()
    assert finish(database, "--all", "--since", "2000-01-01")["resumed"] is False  # another selection
    older(database)
    process = start("hasila", "reprocess", "--db", database, "--all", "--jobs", "1")
    await_first(database, process)
    process.kill()
    process.communicate()
    report = finish(database, "--all", "--afresh")
    assert (report["resumed"], report["counts"]["articles"]) == (False, COUNT)


@pytest.mark.long
def test_killed_at_any_moment_it_ends_with_what_the_rules_say(
    printed: Path, tmp_path: Path, right: Any
) -> None:
    """Six times: other damage, killed again and again, with one process and with two."""
    chosen = random.Random(7)
    for turn in range(6):
        folder = tmp_path / str(turn)
        shutil.copytree(printed, folder)
        database = folder / "hasila.db"
        older(database)
        if chosen.random() < 0.7:
            damage_claims(database)
        kills = 0
        for _ in range(4):
            process = start("hasila", "reprocess", "--db", database, "--jobs", str(chosen.choice((1, 2))))
            time.sleep(chosen.uniform(0.3, 2.5))
            workers = children(process.pid) if process.poll() is None else []
            kills += process.poll() is None
            process.kill()
            process.communicate()
            await_end(workers)
            with Store.open(database) as store:
                assert list(check(store, archive=folder / "archive")) == []
        finish(database)
        assert said(contents(database)) == right, (turn, kills)
        after = contents(database)
        assert finish(database)["counts"]["articles"] == 0
        assert finish(database, "--all")["counts"]["articles_changed"] == 0
        assert contents(database) == after


@pytest.mark.long
def test_after_a_crawl_everything_is_as_it_was_read(tmp_path: Path) -> None:
    """The demo newsroom by the real spiders: looks for edits, revisits, reprints, faults."""
    database = tmp_path / "hasila.db"
    for _ in range(2):
        assert run("hasila", "demo", "--db", database).returncode == 0
    before = contents(database)
    assert len(before["records"]) == len(before["revisions"]) > 20
    older(database)
    report = finish(database, "--jobs", "1")
    assert report["counts"]["from_archive"] == len(before["articles"])
    assert report["counts"]["articles_changed"] == report["counts"]["pages_judged_otherwise"] == 0
    assert contents(database) == before


# Processes that die


@dataclass(frozen=True, slots=True)
class Deadly(Reader):
    """Kills the process that reads a certain article, or every article."""

    victim: int = 0

    def read(self, unread: Unread) -> Result:
        if unread.id == self.victim or not self.victim:
            os.kill(os.getpid(), signal.SIGKILL)
        assert isinstance(unread, StoredArticle)
        return ArticleRead({}, ())


def stored(database: Path) -> list[Unread]:
    with Store.open(database, readonly=True) as store:
        return list(articles(store, Selection(ruleset=RULESET_VERSION)))


@pytest.mark.long
def test_what_kills_a_process_costs_itself_only(database: Path) -> None:
    unread = stored(database)
    found = list(read_all(unread, Deadly(None, {}, victim=50), jobs=2))
    assert [one.id for one, _ in found] == [one.id for one in unread]
    assert [one.id for one, result in found if isinstance(result, Failure)] == [50]


@pytest.mark.long
def test_it_is_given_up_where_no_process_lives(database: Path) -> None:
    with pytest.raises(ProcessesDiedError, match="--jobs 1"):
        list(read_all(stored(database), Deadly(None, {}), jobs=2))


@pytest.mark.long
def test_many_processes_find_what_one_finds_in_the_same_order(database: Path) -> None:
    reader = Reader(database.parent / "archive", {})
    unread = stored(database)
    assert list(read_all(unread, reader, jobs=3)) == list(read_all(unread, reader, jobs=1))
