"""contrib/ works: what cron and systemd would run is run, against the newsroom; docs/operations.md says no less."""

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from crawler_loopback import Reply, loopback
from notice_servers import webhook
from operations_machine import (
    CONTRIB,
    DATA,
    OPERATIONS,
    Machine,
    arguments,
    crontab,
    service,
    set_up,
    unit,
)

from crawler.lock import DatabaseLock
from hasila.crawling import PATIENCE
from hasila.exits import Exit

SERVICES = sorted(path.stem for path in CONTRIB.glob("*.service"))
TIMERS = sorted(path.stem for path in CONTRIB.glob("*.timer"))
LIMITS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
systemd = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")


def minutes(field: str, limits: tuple[int, int]) -> set[int]:
    """The values that a field of a crontab means."""
    found: set[int] = set()
    for part in field.split(","):
        whole = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        assert whole, part
        first = int(whole[1]) if whole[1] else limits[0]
        last = int(whole[2]) if whole[2] else first if whole[1] else limits[1]
        assert limits[0] <= first <= last <= limits[1], part
        found |= set(range(first, last + 1, int(whole[3] or 1)))
    return found


@pytest.mark.parametrize("first", [2, pytest.param(None, marks=pytest.mark.long, id="all")])
def test_the_crontab_runs_and_is_silent_while_all_is_well(tmp_path, first):
    with loopback() as site:
        machine = set_up(tmp_path, site, sites=("le360",))
        table = crontab(machine.at_home((CONTRIB / "crontab").read_text(encoding="utf-8")))
        for line in table.lines[:first]:
            assert not line.stdin
            done = machine.run("/bin/sh", "-c", line.command, PATH=table.environment["PATH"])
            assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), line.command
    crawl, *_ = table.lines
    assert "hasila crawl" in crawl.command
    with closing(sqlite3.connect(machine.data / "hasila.db")) as db:
        assert db.execute("SELECT count(*) > 0 FROM articles").fetchone() == (1,)
    (copy,) = (machine.data / "backup").iterdir()
    assert (
        datetime.now(UTC) - datetime.strptime(copy.name, "hasila-%Y-%m-%d.db").replace(tzinfo=UTC)
    ) < timedelta(days=2)


def test_the_crontab_is_one_that_cron_takes():
    table = crontab((CONTRIB / "crontab").read_text(encoding="utf-8"))
    assert set(table.environment) == {"MAILTO", "PATH"}
    assert "$" not in table.environment["PATH"]
    for line in table.lines:
        assert len(line.schedule) == 5
        for field, limits in zip(line.schedule, LIMITS, strict=True):
            assert minutes(field, limits)


def test_no_crawl_runs_when_the_archive_is_pruned():
    lines = crontab((CONTRIB / "crontab").read_text(encoding="utf-8")).lines
    (crawl,) = (line for line in lines if "hasila crawl" in line.command)
    (prune,) = (line for line in lines if "archive prune" in line.command)
    ((most,),) = (re.findall(r"--max-time (\d+)m", crawl.command),)
    begins = {
        60 * hour + minute
        for hour in minutes(crawl.schedule[1], LIMITS[1])
        for minute in minutes(crawl.schedule[0], LIMITS[0])
    }
    busy = {(at + each) % 1440 for at in begins for each in range(int(most) + 2)}
    assert not {60 * int(prune.schedule[1]) + int(prune.schedule[0])} & busy
    assert len(busy) == len(begins) * (int(most) + 2)  # no crawl meets the next
    calendar = {
        name: unit((CONTRIB / f"{name}.timer").read_text(encoding="utf-8"))["OnCalendar"] for name in TIMERS
    }
    assert calendar["hasila-crawl"] == [f"*-*-* 00/3:{crawl.schedule[0]}:00 UTC"]
    assert calendar["hasila-prune"] == [f"*-*-01 0{prune.schedule[1]}:{prune.schedule[0]}:00 UTC"]


@systemd
def test_systemd_takes_the_units(tmp_path):
    machine = Machine(tmp_path)
    machine.bin.mkdir(parents=True)
    (machine.bin / "hasila").write_text("#!/bin/sh\n")
    (machine.bin / "hasila").chmod(0o755)
    units = tmp_path / "units"
    for path in [*CONTRIB.glob("*.service"), *CONTRIB.glob("*.timer"), *CONTRIB.glob("*/*.conf")]:
        to = units / path.relative_to(CONTRIB)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(machine.at_home(path.read_text(encoding="utf-8")))
    names = sorted(str(path) for path in units.iterdir() if path.is_file())

    def verified() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False
        )

    done = verified()
    assert (done.returncode, done.stderr) == (0, "")
    with (units / "hasila-.service.d" / "common.conf").open("a") as common:
        common.write("NoNewPriviledges=true\n")
    assert "NoNewPriviledges" in verified().stderr  # so it is read for all of them
    for timer in TIMERS:
        (when,) = unit((CONTRIB / f"{timer}.timer").read_text())["OnCalendar"]
        subprocess.run(["systemd-analyze", "calendar", when], check=True, capture_output=True)


def test_units_belong_together():
    for timer in TIMERS:
        assert timer in SERVICES
        assert f"{timer}.timer" in OPERATIONS
    machine = Machine(Path("/"))
    for name in SERVICES:
        found = service(machine, name)
        assert found["User"] == ["hasila"]
        assert found["WorkingDirectory"] == [f"/{DATA}"]
        if name != "hasila-notify@":
            assert found["OnFailure"] == ["hasila-notify@%N.service"], name
    (given,) = service(machine, "hasila-crawl")["TimeoutStopSec"]
    assert int(given.removesuffix("s")) > PATIENCE + 5


def succeeded(found: dict[str, list[str]], code: int) -> bool:
    """What systemd takes for success."""
    return code == 0 or str(code) in " ".join(found["SuccessExitStatus"]).split()


@pytest.mark.long
def test_the_services_run(tmp_path):
    with loopback() as site:
        machine = set_up(tmp_path, site, sites=("le360",))
        for name in ("hasila-crawl", "hasila-backup", "hasila-check", "hasila-prune"):
            found = service(machine, name)
            for line in [*found["ExecStart"], *found["ExecStartPost"]]:
                done = machine.run(*arguments(line))
                assert (done.returncode, done.stderr) == (0, ""), line
    (copy,) = (machine.data / "backup").iterdir()
    assert re.fullmatch(r"hasila-\d{4}-\d\d-\d\d\.db", copy.name)


@pytest.mark.long
def test_turned_away_and_degraded_are_no_failures_of_the_service_and_a_failure_is(tmp_path):
    with loopback({"http://le360.test/robots.txt": Reply(404)}) as site:
        machine = set_up(tmp_path, site, sites=("le360",), more="[sites.le360]\nleast_found = 1000\n")
        found = service(machine, "hasila-crawl")
        (line,) = found["ExecStart"]
        degraded = machine.run(*arguments(line))
        with DatabaseLock(machine.data / "hasila.db"):
            away = machine.run(*arguments(line))
        (machine.data / "hasila.toml").write_text("[crawl]\nmax_pagse = 1\n")
        wrong = machine.run(*arguments(line))
    assert [done.returncode for done in (degraded, away, wrong)] == [
        Exit.DEGRADED,
        Exit.RUNNING,
        Exit.USAGE,
    ]
    assert [succeeded(dict(found), done.returncode) for done in (degraded, away, wrong)] == [
        True,
        True,
        False,
    ]
    assert not succeeded(dict(found), Exit.FAILED)


@pytest.mark.parametrize(
    ("instance", "code", "status", "told"),
    [
        pytest.param("hasila-crawl", "killed", "9", True, id="killed"),
        pytest.param("hasila-crawl", "exited", "1", False, id="the crawl told it itself"),
        pytest.param("hasila-crawl", "", "", True, id="systemd before 251 does not say"),
        pytest.param("hasila-backup", "exited", "1", True, id="a backup tells nothing itself"),
    ],
)
def test_what_a_run_cannot_tell_itself_is_told(tmp_path, instance, code, status, told):
    result = {"MONITOR_SERVICE_RESULT": "oom-kill", "MONITOR_EXIT_CODE": code, "MONITOR_EXIT_STATUS": status}
    with loopback() as site, webhook() as hook:
        machine = set_up(tmp_path, site, sites=("le360",), more=f'[notices]\nwebhook = "{hook.url}"\n')
        (start,) = service(machine, "hasila-notify@")["ExecStart"]
        # systemd gives the variables to ExecStart= and ExecStartPre= only (systemd.exec(5)).
        done = machine.run(*arguments(start, instance=instance), **result)
        assert done.returncode == 0, done.stderr
    assert [body["problem"] for body in hook.bodies] == (
        [f"{instance} failed (oom-kill): see journalctl -u {instance}"] if told else []
    )


@pytest.mark.skipif(not shutil.which("logrotate"), reason="there is no logrotate here")
def test_logrotate_takes_the_snippet_and_keeps_what_a_crawl_under_way_writes(tmp_path):
    machine = Machine(tmp_path)
    (machine.data / "log").mkdir(parents=True)
    log = machine.data / "log" / "crawl.jsonl"
    snippet = machine.at_home((CONTRIB / "logrotate").read_text(encoding="utf-8"))
    (tmp_path / "snippet").write_text(re.sub(r"^ *su .*\n", "", snippet, flags=re.MULTILINE))
    (tmp_path / "snippet").chmod(0o644)
    with log.open("w") as crawl:
        crawl.write('{"event": "run_begins"}\n')
        crawl.flush()
        rotate = ["logrotate", "--force", "--state", str(tmp_path / "state"), str(tmp_path / "snippet")]
        subprocess.run(rotate, check=True, capture_output=True)
        crawl.write('{"event": "run_ends"}\n')
    assert not log.exists()
    assert len((machine.data / "log" / "crawl.jsonl.1").read_text().splitlines()) == 2
