"""Backup and restoring, moving, upgrading, disk: the steps of docs/operations.md are run as they stand there."""

import json
import re
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from crawler_loopback import loopback, run, start, stories_of
from operations_machine import OPERATIONS, Machine, console, install, set_up

from crawler.booking import FIRST_DELAY, LONGEST_DELAY, MOST_TRIES

SITE = "quickpost"
STORIES = [story for story in stories_of(f"{SITE}.test") if story.about_reform]


def articles(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        return [url for (url,) in db.execute("SELECT url FROM articles ORDER BY 1")]


def do(machine: Machine, heading: str) -> list[str]:
    """Run the user's commands under a heading, in order; gives them back."""
    lines = list(console(heading))
    for line in lines:
        done = machine.shell(line)
        assert done.returncode == 0, f"{line}: {done.stderr}"
    return lines


@pytest.mark.long
def test_a_copy_taken_while_a_crawl_writes_brings_everything_back(tmp_path):
    with loopback() as site:
        machine = set_up(tmp_path, site, sites=(SITE,))
        install(machine, site, delay=0.2)
        crawl = start(machine.bin / "hasila", "crawl", "--quiet", cwd=machine.data)
        database = machine.data / "hasila.db"
        backup, copying, *restoring = console("Backup and restoring")
        while not (site.articles_asked() and articles(database)):
            assert crawl.poll() is None
            time.sleep(0.05)
        assert machine.shell(backup).returncode == 0
        assert crawl.poll() is None  # it goes on meanwhile
        assert machine.shell(copying).returncode == 0
        crawl.kill()
        crawl.communicate()
        install(machine, site)
        copied = articles(machine.data / "backup" / "today.db")
        assert 0 < len(copied) < len(STORIES)

        database.write_bytes(b"\0" * database.stat().st_size)  # the disk
        for line in restoring:
            done = machine.shell(line)
            assert done.returncode == 0, f"{line}: {done.stderr}"
    assert len(articles(database)) == len(STORIES)
    done = machine.shell("hasila db check --archive archive")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{len(STORIES)} articles" in done.stdout


@pytest.mark.long
def test_the_folder_can_be_moved_as_a_whole(tmp_path):
    with loopback() as site:
        old = set_up(tmp_path / "old", site, sites=(SITE,))
        assert old.shell("hasila crawl --quiet").returncode == 0
        before = articles(old.data / "hasila.db")
        new = set_up(tmp_path / "new", site, sites=())
        shutil.rmtree(new.data)
        (copying,) = console("Moving to another machine")
        done = old.shell(old.at_home(copying.replace("NEW:/srv/hasila", "NEW")).replace("NEW", str(new.data)))
        assert done.returncode == 0, done.stderr
        shutil.rmtree(old.root)
        site.requests.clear()
        done = new.shell("hasila crawl --quiet && hasila db check --archive archive")
        assert (done.returncode, done.stderr) == (0, "")
        assert not site.articles_asked()
    assert articles(new.data / "hasila.db") == before
    done = new.shell("hasila reprocess --all --json")
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["counts"]["articles"] == len(STORIES)
    assert not [name for name in ("gained", "lost", "altered", "missing_archive") if report["counts"][name]]


@pytest.mark.long
def test_the_steps_of_an_upgrade_run(tmp_path):
    with loopback() as site:
        machine = set_up(tmp_path, site, sites=("le360",))
        assert machine.shell("hasila crawl --quiet").returncode == 0
        lines = do(machine, "Upgrading")
    assert [line.split()[1] for line in lines] == [
        "db",
        "config",
        "reprocess",
        "reprocess",
        "db",
        "reprocess",
    ]


@pytest.mark.long
def test_the_steps_of_setting_up_run_and_the_rows_to_try_a_page_again_are_right(tmp_path):
    with loopback() as site:
        machine = set_up(tmp_path, site, sites=("le360",))
        configuration = (machine.data / "hasila.toml").read_text(encoding="utf-8")
        (machine.data / "hasila.toml").unlink()
        init, *others = console("Setting up")
        assert machine.shell(init).returncode == 0
        (machine.data / "hasila.toml").write_text(configuration, encoding="utf-8")
        for line in others:
            if "notify" not in line:
                done = machine.shell(line)
                assert done.returncode == 0, f"{line}: {done.stderr}"
    (again,) = re.findall(r"`(UPDATE pages .*?)…`", OPERATIONS)
    with closing(sqlite3.connect(machine.data / "hasila.db")) as db:
        (url,) = db.execute("SELECT url FROM pages WHERE state = 'done' LIMIT 1").fetchone()
        db.execute("UPDATE pages SET state = 'failed', tries = 7 WHERE url = ?", (url,))
        assert db.execute(f"{again}?", (url,)).rowcount == 1
    for query in re.findall(r"```sql\n(.*?)```", OPERATIONS, re.DOTALL):
        with closing(sqlite3.connect(machine.data / "hasila.db")) as db:
            db.execute(query)


@pytest.mark.long
def test_the_newsroom_takes_as_much_disk_as_is_said(tmp_path):
    assert run("hasila", "import", "-", "--db", tmp_path / "empty.db", stdin=b"\n").returncode == 1
    assert run("hasila", "demo", "--db", tmp_path / "demo.db").returncode == 0
    with closing(sqlite3.connect(tmp_path / "demo.db")) as db:
        ((stored,),) = db.execute("SELECT count(*) FROM articles")
        ((kept, in_archive),) = db.execute(
            "SELECT count(*), sum(archive_length) FROM pages WHERE archive_file IS NOT NULL"
        )
    a_database = ((tmp_path / "demo.db").stat().st_size - (tmp_path / "empty.db").stat().st_size) / stored
    ((database, archive),) = re.findall(
        r"\| the demo newsroom: .*\| ([\d.]+) kB an article \| ([\d.]+) kB a page \|", OPERATIONS
    )
    assert a_database == pytest.approx(float(database) * 1000, rel=0.3)
    request = 550  # bytes of the request that is kept with each page
    assert in_archive / kept + request == pytest.approx(float(archive) * 1000, rel=0.3)


def test_a_page_is_given_up_when_it_is_said():
    waits = [min(FIRST_DELAY * 4**tries, LONGEST_DELAY) for tries in range(MOST_TRIES - 1)]
    assert timedelta(days=6) < sum(waits, timedelta()) < timedelta(days=8)
    assert MOST_TRIES == 7
