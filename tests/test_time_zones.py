"""Morocco's clocks change; the database is in UTC, days are Moroccan, and no clock that is set does harm.

In 2026 the clocks go back on 15 February at 3:00, forth on 22 March at 2:00 (Ramadan lies between), and back for good on 20
September at 2:00 (IANA tz database 2026f, `Africa/Casablanca`).
"""

import copy
import json
import os
import pickle
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner
from crawler_loopback import BIN, Reply, loopback, settings
from twisted.internet.selectreactor import SelectReactor

from crawler.clock import use_monotonic
from crawler.holds import LONGEST_HOLD, Holds
from crawler.process import process
from extract.dates import day_of, parse_published
from extract.records import CASABLANCA, Article, Method, Page
from extract.zone import PackagedZone, casablanca, version
from hasila.cli import main
from hasila.sites import project_settings
from store import Store, prepare

RAMADAN, SUMMER = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 6, 1, 12, tzinfo=UTC)


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


# Dates of articles


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-02-14 23:30", "2026-02-14T22:30"),
        ("2026-02-15 01:59", "2026-02-15T00:59"),
        ("2026-02-15 02:30", "2026-02-15T01:30"),  # there are two of these: the first
        ("2026-02-15 03:00", "2026-02-15T03:00"),
        ("الأحد 1 مارس 2026 - 00:30", "2026-03-01T00:30"),
        ("Dimanche 1 mars 2026 - 00:30", "2026-03-01T00:30"),
        ("2026-03-22 01:59", "2026-03-22T01:59"),
        ("2026-03-22 02:30", "2026-03-22T02:30"),  # there is none of these: by the clock before
        ("2026-03-22 03:00", "2026-03-22T02:00"),
        ("الاثنين 1 يونيو 2026 - 00:30", "2026-05-31T23:30"),
        ("الأحد 20 شتنبر 2026 - 00:30", "2026-09-19T23:30"),
        ("الاثنين 21 شتنبر 2026 - 00:30", "2026-09-21T00:30"),
        ("2026-03-01T00:30:00+01:00", "2026-02-28T23:30"),  # who states an offset is believed
        ("2026-06-01T00:30:00Z", "2026-06-01T00:30"),
    ],
)
def test_a_date_is_moroccan_unless_it_says_otherwise(raw, moment):
    found = parse_published(raw)
    assert found is not None
    assert found.astimezone(UTC) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "hours"),
    [(datetime(2026, 2, 15, 1, 30, tzinfo=UTC), 3), (datetime(2026, 3, 22, 3, tzinfo=UTC), 6)],
)
def test_hours_ago_are_counted_across_the_switch(now, hours):
    found = parse_published(f"منذ {hours} ساعات", now=now)
    assert found is not None
    assert found.astimezone(UTC) == now - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("published", "day"),
    [
        ("2025-12-31T23:30:00+00:00", date(2026, 1, 1)),
        ("2026-03-01T23:30:00+00:00", date(2026, 3, 1)),
        ("2026-06-01T23:30:00+00:00", date(2026, 6, 2)),
        ("2026-06-01T23:30:00+01:00", date(2026, 6, 1)),
        ("2026-06-02T00:30:00+03:00", date(2026, 6, 2)),  # a paper of Cairo
    ],
)
def test_the_day_is_that_of_the_newspaper_and_utc_is_nobodys(published, day):
    assert day_of(datetime.fromisoformat(published)) == day


def test_a_page_that_states_utc_is_read_by_the_moroccan_day(tmp_path):
    """Half past midnight of New Year's Day: `this year` is the new one, and so is the day in the database."""
    body = "".join(
        f"<p>{text}</p>"
        for text in (
            "أعلن الصندوق الوطني للضمان الاجتماعي أن عدد المستفيدين من الدعم الاجتماعي المباشر بلغ 3 ملايين أسرة خلال السنة الجارية.",
            "وأوضح المصدر ذاته أن ورش تعميم الحماية الاجتماعية يشمل التغطية الصحية الإجبارية والتعويضات العائلية وتعميم التقاعد.",
            "وتعمل الحكومة على استكمال هذا الورش في الآجال المحددة له وفق ما ينص عليه القانون الإطار المتعلق بالحماية الاجتماعية.",
        )
    )
    page = Page(
        body=(
            '<html lang="ar"><head><title>الدعم الاجتماعي المباشر</title>'
            '<meta property="article:published_time" content="2025-12-31T23:30:00+00:00">'
            f"</head><body><article><h1>الدعم الاجتماعي المباشر</h1>{body}</article></body></html>"
        ).encode(),
        url="https://site.test/a",
        fetched_at=datetime(2026, 1, 1, 8, tzinfo=UTC),
    )
    read = process(page)
    assert isinstance(read.extraction, Article)
    ends = {claim.when_end for claim in read.claims if claim.when_end}
    assert {end.year for end in ends} == {2026}
    with Store.open(tmp_path / "n.db") as store:
        store.save_article(
            prepare(read.extraction), relevance=1.0, ruleset="1", read_at=datetime(2026, 1, 1, 8, tzinfo=UTC)
        )
        assert store.rows("SELECT published_on, published_at FROM articles") == [
            {"published_on": "2026-01-01", "published_at": "2025-12-31T23:30:00Z"}
        ]


# The database


@pytest.mark.parametrize("moment", [RAMADAN, SUMMER])
def test_what_is_written_is_utc_whatever_zone_it_is_given_in(tmp_path, moment):
    local = moment.astimezone(CASABLANCA)
    assert local.utcoffset() == timedelta(hours=0 if moment is RAMADAN else 1)
    article = Article(
        url="", canonical="text:1", site="", title="t", body="b", method=Method.STRUCTURED, published_at=local
    )
    database = tmp_path / "n.db"
    with Store.open(database) as store:
        run = store.begin_run("crawl", ["goud"], program="1", ruleset="1", at=local)
        store.save_article(prepare(article), relevance=1.0, ruleset="1", read_at=local, run_id=run)
        store.hold("slow.test", until=local, reason="HTTP 429")
        store.add_issue("odd", "odd", run_id=run, at=local)
        store.end_run(run, "done", {}, at=local)
    moments = [
        value
        for (table,) in rows(database, "SELECT name FROM sqlite_master WHERE type = 'table'")
        for row in rows(database, f'SELECT * FROM "{table}"')
        for value in row
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
    ]
    assert len(moments) >= 6
    assert set(moments) == {f"{moment:%Y-%m-%dT%H:%M:%SZ}"}


def test_a_run_across_the_switch_lasts_as_long_as_it_lasts(tmp_path):
    began = datetime(2026, 2, 15, 2, 59, tzinfo=CASABLANCA)
    ended = datetime(2026, 2, 15, 2, 1, tzinfo=CASABLANCA, fold=1)  # on the wall an hour earlier
    with Store.open(tmp_path / "n.db") as store:
        run = store.begin_run("crawl", [], program="1", ruleset="1", at=began)
        store.end_run(run, "done", {}, at=ended)
        (row,) = store.rows("SELECT started_at, seconds FROM run_health")
    assert row == {"started_at": "2026-02-15T01:59:00Z", "seconds": 120}


LINES = [
    {
        "url": "https://site.test/1",
        "published": "الأحد 1 مارس 2026 - 00:30",
        "text": "استفادت 3 ملايين أسرة أمس.",
    },
    {
        "url": "https://site.test/2",
        "published": "2025-12-31T23:30:00Z",
        "text": "صرف 12 مليون درهم السنة الجارية.",
    },
    {"url": "https://site.test/3", "published": "2026-06-01", "text": "استفاد 40 ألف شخص إلى غاية 10 ماي."},
]


@pytest.fixture
def zone(monkeypatch):
    """Puts the process into a time zone."""

    def put(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    yield put
    monkeypatch.undo()
    time.tzset()


def lines(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "lines.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    os.utime(file, (1_800_000_000, 1_800_000_000))
    return file


def held(database: Path) -> list[str]:
    tables = ("articles", "revisions", "claims", "points")
    return [str(row) for table in tables for row in rows(database, f"SELECT * FROM {table}")]


def test_neither_the_zone_of_the_machine_nor_its_lack_of_zones_changes_anything(tmp_path, zone):
    """Kiritimati is a day ahead; an empty PYTHONTZPATH is a machine without zoneinfo, where the package tzdata stands in."""
    here, far = tmp_path / "here" / "n.db", tmp_path / "far" / "n.db"
    zone("America/Los_Angeles")
    assert CliRunner().invoke(main, ["import", str(lines(here.parent)), "--db", str(here)]).exit_code == 0
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONTZPATH": ""}
    subprocess.run([BIN / "hasila", "import", lines(far.parent), "--db", far], env=environment, check=True)
    assert held(here) == held(far)
    days = rows(here, "SELECT published_on FROM articles ORDER BY url")
    assert days == [("2026-03-01",), ("2026-01-01",), ("2026-06-01",)]
    # A day on the command line is a Moroccan one.
    search = ["search", "درهم", "--db", str(here), "--json"]
    on = [CliRunner().invoke(main, [*search, "--since", day]).stdout for day in ("2026-01-01", "2026-01-02")]
    assert [len(found.splitlines()) for found in on] == [1, 0]


def test_the_latest_rules_are_those_by_which_dates_are_read():
    """A machine with rules of 2025 does not know that Morocco keeps UTC+0 since September 2026."""
    assert version(files("tzdata.zoneinfo")) >= "2026f"
    offsets = [
        datetime(*day, tzinfo=casablanca()).utcoffset()
        for day in ((2026, 3, 1), (2026, 9, 19), (2026, 9, 21))
    ]
    assert offsets == [timedelta(0), timedelta(hours=1), timedelta(0)]
    found = parse_published("السبت 21 نونبر 2026 - 23:30")
    assert found is not None
    assert found.isoformat() == "2026-11-21T23:30:00+00:00"


@pytest.mark.parametrize(
    ("release", "packaged"), [("2025b", True), ("2099a", False), ("unknown", True), (None, True)]
)
def test_the_machine_is_asked_where_it_knows_better(tmp_path, monkeypatch, release, packaged):
    (tmp_path / "Africa").mkdir()
    (tmp_path / "Africa" / "Casablanca").write_bytes(
        files("tzdata.zoneinfo.Africa").joinpath("Tunis").read_bytes()
    )
    if release:
        (tmp_path / "tzdata.zi").write_text(f"# version {release}\n# redo posix_only\n")
    monkeypatch.setattr("extract.zone.TZPATH", (str(tmp_path / "none"), str(tmp_path)))
    assert isinstance(casablanca(), PackagedZone) == packaged


def test_a_date_can_be_sent_to_another_process():
    moment = datetime(2026, 9, 19, 12, tzinfo=casablanca())
    assert (
        pickle.loads(pickle.dumps(moment)).isoformat()
        == copy.deepcopy(moment).isoformat()
        == moment.isoformat()
    )


# Clocks that are set


def test_a_hold_lasts_as_long_as_it_lasts_though_the_clock_is_set(tmp_path):
    """A run in which the clock is set, and the next one, which knows only what the clock then said."""
    ticks = [5000.0]
    holds = Holds({}, SUMMER, lambda: ticks[0])
    holds.hold("slow.test", 600, "HTTP 429")
    ticks[0] += 60
    assert holds.left("slow.test") == 540
    with Store.open(tmp_path / "n.db") as store:
        store.hold("slow.test", until=SUMMER + timedelta(seconds=600), reason="HTTP 429")
        for jump, left in (
            (timedelta(hours=-1), 4140),
            (timedelta(days=-400), LONGEST_HOLD),
            (timedelta(hours=1), 0),
        ):
            now = SUMMER + timedelta(seconds=60) + jump
            assert Holds(store.holds(at=now), now, lambda: ticks[0]).left("slow.test") == left


PUT_BACK = """
import signal, time
real, ahead = time.time, [0]
time.time = lambda: real() + ahead[0]
signal.signal(signal.SIGUSR1, lambda number, frame: ahead.__setitem__(0, -3600))
from hasila.cli import main
main()
"""


def test_timers_go_by_the_monotonic_clock_those_set_before_as_well():
    def wall() -> float:
        return 1_800_000_000.0

    reactor = SelectReactor()
    reactor.seconds = wall
    before = reactor.callLater(60, print)
    use_monotonic(reactor)
    after = reactor.callLater(60, print)
    assert reactor.seconds is time.monotonic
    for timer in (before, after):
        assert timer.getTime() - time.monotonic() == pytest.approx(60, abs=1)
    before.reset(5)
    assert before.getTime() - time.monotonic() == pytest.approx(5, abs=1)
    assert project_settings().getdict("EXTENSIONS")["crawler.clock.MonotonicTimers"] is not None


@pytest.mark.long
def test_an_answer_that_does_not_come_is_given_up_though_the_clock_is_put_back(tmp_path):
    feed, database = "http://maghress.test/rss", tmp_path / "n.db"
    with loopback({feed: Reply(delay=12)}) as site:
        options = settings(site, DOWNLOAD_TIMEOUT=2)
        command = [sys.executable, "-c", PUT_BACK, "crawl", "maghress", "--db", database, *options]
        crawl = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        try:
            assert site.arrived.wait(30)
            crawl.send_signal(signal.SIGUSR1)
            assert crawl.wait(10) == 0
        finally:
            crawl.kill()
            crawl.wait()
    assert rows(database, f"SELECT kind FROM issues WHERE url = '{feed}'") == [("listing_failed",)]
