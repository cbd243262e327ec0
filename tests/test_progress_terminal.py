"""A crawl as a real process: on a terminal, in a pipe, out of time, in silence; and fair turns between its sites."""

import fcntl
import json
import os
import pty
import re
import sqlite3
import struct
import subprocess
import termios
from itertools import pairwise
from pathlib import Path

import pytest
from crawler_loopback import BIN, NAMES, Loopback, Reply, loopback, run, settings, start

SERIAL = {"DOWNLOAD_DELAY": 0.01}
"""Scrapy 2.19 sends all that waits for a host at once where there is no delay at all."""


def rows(database: Path, sql: str) -> list[tuple]:
    connection = sqlite3.connect(database)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def on_a_terminal(
    *command: object, term: str = "xterm", size: tuple[int, int] = (24, 80)
) -> tuple[int, str, str]:
    """Run a program with standard error on a terminal; return its exit code, standard output and what was drawn."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    program, *arguments = map(str, command)
    process = subprocess.Popen(
        [str(BIN / program), *arguments],
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "TERM": term},
    )
    os.close(slave)
    drawn = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not chunk:
            break
        drawn += chunk
    os.close(master)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out.decode(), drawn.decode()


def plain(drawn: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", drawn)


def slowed(site: Loopback, host: str, seconds: float) -> None:
    """Let one host take so long for every answer."""
    answer = site.reply

    def reply(url: str) -> Reply:
        found = answer(url)
        if host in url:
            found.delay = seconds
        return found

    site.reply = reply


def test_on_a_terminal_a_line_a_site_is_drawn_and_cleared(tmp_path):
    with loopback() as site:
        code, out, drawn = on_a_terminal(
            "hasila", "crawl", "snrtnews", "--db", tmp_path / "n.db", *settings(site, LOG_LEVEL="INFO")
        )
    assert code == 0
    log = r"[0-9TZ:-]+ INFO \w+: [^\r\n]*\r?\n"
    assert re.search(r"Z INFO snrtnews: Spider opened\r\n", plain(drawn)), (
        "lines of the log stand above the picture"
    )
    text = re.sub(log, "", plain(drawn))
    assert "run 1, 1 of 1 sites at work" in text
    assert re.search(r"snrtnews +crawling +\d+ +\d+", text)
    assert re.search(r"snrtnews +done +3 +0 +3 +2 +25 +0", text)
    assert max(len(line) for line in re.split(r"[\r\n]+", text)) <= 80
    assert drawn.count("\x1b[?25l") == drawn.count("\x1b[?25h") == 1, "the cursor comes back"
    assert drawn.endswith("\x1b[2K"), "the picture is cleared"
    assert "snrtnews" in out
    assert "\x1b" not in out


@pytest.mark.long
def test_no_picture_on_a_dumb_terminal(tmp_path):
    with loopback() as site:
        arguments = ("crawl", "snrtnews", "--db", tmp_path / "n.db", *settings(site))
        _, _, drawn = on_a_terminal("hasila", *arguments, term="dumb")
    assert "\x1b" not in drawn
    assert "INFO snrtnews: ends: done" in drawn


def test_out_of_time_the_run_ends_well_and_the_slow_site_has_hurt_nobody(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        slowed(site, "quickpost.test", 0.4)
        done = run(
            "hasila", "crawl", "quickpost", "snrtnews", "--max-time", "6s", "--log-json", "--db", database,
            *settings(site, **SERIAL),
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    ends = {line["site"]: line for line in lines if line["event"] == "site_ends"}
    assert {name: line["state"] for name, line in ends.items()} == {
        "quickpost": "out_of_time",
        "snrtnews": "done",
    }
    assert [line["reason"] for line in lines if line["event"] == "stopping"] == ["the time of the run is up"]
    assert lines[-1]["event"] == "notice"
    assert "quickpost" in lines[-1]["message"]
    assert rows(database, "SELECT state FROM runs") == [("done",)]
    assert rows(database, "SELECT kind, site FROM issues") == [("out_of_time", "quickpost")]
    assert (
        rows(database, "SELECT count(*) FROM pages WHERE site = 'quickpost' AND state = 'pending'")[0][0] > 0
    )
    # Fair turns: the fast site was served at once, the slow one as fast as it answers.
    times = {
        host: [at for at, (url, _) in zip(site.times, site.requests, strict=True) if f"//{host}.test/" in url]
        for host in ("quickpost", "snrtnews")
    }
    assert times["snrtnews"][-1] - times["snrtnews"][0] < 2.5
    assert len(times["quickpost"]) >= 5
    gaps = [later - earlier for earlier, later in pairwise(times["quickpost"])]
    assert min(gaps) >= 0.35
    assert sorted(gaps)[len(gaps) // 2] < 1.2


@pytest.mark.long
def test_a_slow_site_keeps_none_of_five_others_waiting_nor_they_it(tmp_path):
    with loopback() as site:
        slowed(site, "quickpost.test", 0.3)
        assert (
            run(
                "hasila", "crawl", *NAMES, "-q", "--db", tmp_path / "n.db", *settings(site, **SERIAL)
            ).returncode
            == 0
        )
    times: dict[str, list[float]] = {}
    for at, (url, _) in zip(site.times, site.requests, strict=True):
        times.setdefault(url.split("/")[2], []).append(at)
    slow = times.pop("quickpost.test")
    assert max(later - earlier for earlier, later in pairwise(slow)) < 1.3
    assert len(times) == 5
    assert max(each[-1] for each in times.values()) < slow[len(slow) // 2]


@pytest.mark.long
def test_a_site_with_many_pages_leaves_the_others_their_share_and_takes_what_they_leave(tmp_path):
    database = tmp_path / "n.db"
    sites = ("quickpost", "maghress", "snrtnews")
    fetched = "SELECT site, count(*) FROM pages WHERE state <> 'pending' GROUP BY site ORDER BY site"
    with loopback() as site:
        arguments = ("-q", "--db", database, *settings(site, **SERIAL))
        assert run("hasila", "crawl", *sites, "--max-pages", 6, *arguments).returncode == 0
        assert rows(database, fetched) == [("maghress", 2), ("quickpost", 2), ("snrtnews", 2)]
        # One page is left of the smallest; the other two share out the rest of nine.
        assert run("hasila", "crawl", *sites, "--max-pages", 9, *arguments).returncode == 0
    counts = dict(rows(database, fetched))
    assert sum(counts.values()) == 15
    assert counts["snrtnews"] == 3
    assert min(counts.values()) >= 3


@pytest.mark.long
def test_a_server_that_never_answers_does_not_keep_the_run(tmp_path):
    database = tmp_path / "n.db"
    slow = "http://quickpost.test/sitemap_index.xml"
    with loopback({slow: Reply(delay=60)}) as site:
        crawl = start("hasila", "crawl", "quickpost", "--max-time", "3", "--db", database, *settings(site))
        _, err = crawl.communicate(timeout=20)
    assert crawl.returncode == 0
    assert b"quickpost: ends: out of time" in err
    assert b"Traceback" not in err
    assert rows(database, "SELECT state FROM runs") == [("done",)]


@pytest.mark.long
def test_in_silence_only_what_is_wrong_is_said(tmp_path):
    database = tmp_path / "n.db"
    with loopback() as site:
        well = run("hasila", "crawl", "snrtnews", "--quiet", "--db", database, *settings(site))
        assert (well.returncode, well.stdout, well.stderr) == (0, "", "")
        site.replies.update(
            dict.fromkeys(("http://snrtnews.test/rss.xml",), Reply(body=b"<rss><channel/></rss>"))
        )
        site.replies["http://snrtnews.test/rss"] = Reply(body=b"<rss><channel/></rss>")
        ill = run("hasila", "crawl", "snrtnews", "--quiet", "--db", tmp_path / "other.db", *settings(site))
    assert ill.returncode == 3
    assert ill.stdout == ""
    assert ill.stderr.startswith("hasila: snrtnews: degraded: ")
