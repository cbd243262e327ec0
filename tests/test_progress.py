"""What a crawl tells of itself: the counts, the picture, the lines, the objects."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest
from rich.console import Console
from scrapy.settings import Settings

import hasila.progress.watch
from crawler.logs import JsonFormatter, LineFormatter, tell
from crawler.options import Options
from crawler.run import Run
from hasila.crawl_log import crawl_log
from hasila.durations import Duration, shown
from hasila.progress.lines import EVENTS, Lines
from hasila.progress.screen import Screen
from hasila.progress.watch import Counting

SITES = ["quickpost", "maghress"]
NOW = datetime.now(UTC)
FORGED = "a\n2026-01-01T00:00:00Z ERROR forged: line\r\x1b[31m\u202e\u2028\x85b"


@pytest.fixture
def book(tmp_path: Path):
    run = Run.begin(tmp_path / "n.db", SITES, Options(threshold=1.0))
    frontier = run.frontier("quickpost", lambda _: True)
    frontier.discover([f"https://quickpost.ma/{n}/" for n in range(3)], found_by="rss")
    run.ledger.tallies.clear()
    yield run
    run.end()


def test_counts_are_those_of_the_database_and_of_the_tallies(book):
    counting = Counting()
    counting.begin(book, SITES, limit=None)
    counting.opened("quickpost")
    book.frontier("quickpost", lambda _: True).discover(["https://quickpost.ma/new/"], found_by="rss")
    book.pages.refused("quickpost", "https://quickpost.ma/0/", 404)
    counting.count_pending()
    found = counting.site("quickpost")
    assert (found.state, found.known, found.pending, found.errors) == ("crawling", 4, 3, 1)
    assert counting.site("maghress").state == "waiting"
    assert counting.total() == {
        "known": 4,
        "pending": 3,
        "fetched": 0,
        "articles": 0,
        "claims": 0,
        "errors": 1,
    }


def test_what_takes_long_to_count_is_counted_seldom(book, monkeypatch):
    clock = iter([0.0, 1.0, 1.5, 20.9, 21.1, 21.1, 21.2])  # the run begins; a count takes a second
    counting = Counting()
    counting._started = 0.0
    monkeypatch.setattr(hasila.progress.watch.time, "monotonic", lambda: next(clock))
    counting.run, counting._pending, counting._counted_until = book, {}, 0.0
    asked = []
    monkeypatch.setattr(book.store, "rows", lambda sql: asked.append(sql) or [])
    for expected in (1, 1, 1, 2):
        counting.count_pending()
        assert len(asked) == expected


@pytest.mark.parametrize(
    ("reason", "kind", "state"),
    [
        ("finished", None, "done"),
        ("finished", "held", "held"),
        ("finished", "refused", "refused"),
        ("max_time", None, "out_of_time"),
        ("shutdown", None, "stopped"),
        ("broke off", "held", "failed"),
        ("database", None, "failed"),
    ],
)
def test_a_site_says_how_it_ended(book, reason, kind, state):
    if kind:
        book.left_alone("quickpost", "https://quickpost.ma/", kind, "why")
    counting = Counting()
    counting.begin(book, SITES, limit=None)
    counting.closed("quickpost", reason)
    assert counting.site("quickpost").state == state
    if kind == "refused":
        book.ledger.tally("quickpost").found = 1
        counting.closed("quickpost", reason)
        assert counting.site("quickpost").state == "done", "only a part of it was refused"
    book.faults["maghress"] = ["the listings held 0 articles"]
    counting.closed("maghress", "finished")
    assert counting.site("maghress").state == "degraded"


def picture(book: Run, names: list[str], *, width: int = 80, height: int = 24, **states: str) -> list[str]:
    console = Console(file=io.StringIO(), width=width, height=height, force_terminal=True, color_system=None)
    screen = Screen(console)
    Counting.begin(screen, book, names, limit=timedelta(minutes=45))
    screen.states.update(states)
    console.print(screen.picture())
    return console.file.getvalue().splitlines()


def test_the_picture_fits_a_terminal_and_shows_what_matters_where_there_is_no_room_for_all(book):
    lines = picture(book, SITES)
    assert lines[0].startswith("run 1, 2 of 2 sites at work, 0:00 of 45:00")
    assert lines[1].split() == [
        "site",
        "state",
        "known",
        "pending",
        "fetched",
        "articles",
        "claims",
        "errors",
    ]
    assert lines[2].split() == ["quickpost", "waiting", "3", "3", "0", "0", "0", "0"]
    assert lines[-1].split()[:3] == ["total", "3", "3"]

    many = [f"site{n:02}" for n in range(30)]
    states = dict.fromkeys(many[:20], "done") | {"site07": "degraded", "site29": "crawling"}
    lines = picture(book, many, height=10, **states)
    assert len(lines) <= 10
    assert all(len(line.rstrip()) <= 80 for line in lines)
    assert [line.split()[0] for line in lines[2:4]] == ["site07", "site29"]
    assert lines[-1].strip() == "and 19 done, 6 waiting"


def lines_of(log: str) -> list[dict]:
    return [json.loads(line) for line in log.splitlines()]


def test_lines_tell_when_a_site_begins_and_ends(book, capsys):
    told = Lines()
    settings = Settings({"LOG_LEVEL": "WARNING"})
    with crawl_log(settings, as_json=True):
        told.begin(book, SITES, limit=timedelta(hours=2))
        told.opened("quickpost")
        told.tick()
        told.stopping("SIGTERM")
        told.closed("quickpost", "finished")
        told.end("done")
        logging.getLogger("scrapy.core").info("too low")
        logging.getLogger("scrapy.core").warning("seen")
    out, err = capsys.readouterr()
    assert out == ""
    found = lines_of(err)
    assert tuple(line["event"] for line in found) == (
        "run_begins", "site_begins", "progress", "stopping", "site_ends", "run_ends", "log",
    )  # fmt: skip
    assert {line["event"] for line in found[:-1]} == set(EVENTS)
    for line in found:
        assert list(line)[:6] == ["ts", "level", "logger", "event", "site", "message"]
        assert datetime.fromisoformat(line["ts"]).utcoffset() == timedelta(0)
    assert found[2]["at_work"] == SITES
    assert found[2]["known"] == 3
    ends = found[4]
    assert (ends["site"], ends["state"], ends["run"], ends["pending"]) == ("quickpost", "done", 1, 3)
    assert (found[-1]["logger"], found[-1]["level"], found[-1]["message"]) == (
        "scrapy.core",
        "WARNING",
        "seen",
    )


def test_lines_for_people_have_the_time_in_utc(book, capsys):
    with crawl_log(Settings({"LOG_LEVEL": "WARNING"})):
        Lines().begin(book, SITES, limit=None)
    line = capsys.readouterr().err
    moment, level, subject, rest = line.split(" ", 3)
    assert abs((datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()) < 60
    assert (level, subject) == ("INFO", "hasila:")
    assert rest.startswith("run 1 begins: 2 sites into ")


@pytest.mark.parametrize("as_json", [True, False])
def test_what_strangers_wrote_forges_no_line(capsys, as_json):
    with crawl_log(Settings({"LOG_LEVEL": "INFO"}), as_json=as_json):
        logger = logging.getLogger("crawler.pipeline")
        logger.warning("fetched %s", FORGED)
        tell(logger, "site_ends", FORGED, site="quickpost", facts={"reason": FORGED, "many": [FORGED]})
        try:
            raise ValueError(FORGED)
        except ValueError:
            logger.exception("%s broke", FORGED)
    lines = capsys.readouterr().err.split("\n")[:-1]
    own = [line for line in lines if not line.startswith("    | ")]
    assert len(own) == 3
    assert all(letter.isprintable() for line in lines for letter in line)
    if as_json:
        assert lines == own
        broken = json.loads(lines[2])
        assert broken["traceback"][0] == "Traceback (most recent call last):"
        assert any("ValueError" in line for line in broken["traceback"])
    else:
        assert len(lines) > 5
        assert not any("forged" in line.split(": ")[0] for line in own)


def test_a_line_of_scrapy_names_the_site():
    record = logging.LogRecord("scrapy.core.engine", logging.INFO, "", 0, "Spider opened", (), None)
    record.spider = type("Spider", (), {"name": "maghress"})()
    assert json.loads(JsonFormatter().format(record))["site"] == "maghress"
    assert " INFO maghress: Spider opened" in LineFormatter().format(record)


def test_the_log_goes_to_a_file_where_it_was_told_to(tmp_path, capsys):
    file = tmp_path / "crawl.log"
    file.write_text("before\n")
    with crawl_log(Settings({"LOG_LEVEL": "WARNING", "LOG_FILE": str(file)})):
        logging.getLogger("crawler").warning("خبر")
    assert capsys.readouterr().err == ""
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "before"
    assert lines[1].endswith("WARNING crawler: خبر")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("45m", 2700), ("2h", 7200), ("1h30m", 5400), ("90", 90), ("90s", 90), ("1d", 86400)],
)
def test_durations(text, seconds):
    assert Duration().convert(text, None, None) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0", "0m", "-5", "5 weeks", "1.5h", "m", "9" * 5000, "999999999d", "٥"])
def test_what_is_no_duration(text):
    with pytest.raises(click.BadParameter, match="write it like 45m"):
        Duration().convert(text, None, None)


def test_durations_are_shown_in_their_two_largest_units():
    assert [shown(timedelta(seconds=s)) for s in (-3, 0, 12, 90, 7200, 7500, 273600, 259205)] == [
        "0s", "0s", "12s", "1m 30s", "2h", "2h 5m", "3d 4h", "3d",
    ]  # fmt: skip
