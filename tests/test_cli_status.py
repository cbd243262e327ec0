"""`hasila status`: what it shows, what it complains of, what programs get from it, and that it only reads."""

import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from store_samples import seed

from hasila.cli import main
from hasila.progress.lines import EVENTS
from hasila.status.prometheus import Gauge, exposition, gauges
from hasila.status.standing import standing
from hasila.status.tables import size, status_tables
from store import DiscoveredUrl, Store

ROOT = Path(__file__).parent.parent
DOC = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
DATABASES = sorted((Path(__file__).parent / "fixtures" / "databases").glob("version_*.sql"))
NOW = datetime.now(UTC)


def ago(**units: float) -> datetime:
    return NOW - timedelta(**units)


def status(database: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["status", "--db", str(database), *options])


def facts(database: Path) -> dict:
    done = status(database, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("status") / "n.db"
    with Store.open(path) as store:
        seed(store)
        crawl(store, {"akhbar": (20, 3, 1)}, at=ago(hours=3))
    return path


@pytest.fixture
def database(tmp_path: Path, healthy: Path) -> Path:
    """A crawl of three hours ago that went well."""
    path = tmp_path / "n.db"
    shutil.copy(healthy, path)
    (tmp_path / "archive" / "akhbar").mkdir(parents=True)
    (tmp_path / "archive" / "akhbar" / "a.warc.gz").write_bytes(b"x" * 1234)
    return path


def crawl(
    store: Store, sites: dict[str, tuple[int, int, int]], *, at: datetime, state: str | None = "done"
) -> int:
    """A crawl that found, found anew and stored so much on each site; None for one that did not end."""
    run = store.begin_run("crawl", list(sites), program="0", ruleset="1", at=at)
    for site, (_, fresh, _) in sites.items():
        found = [DiscoveredUrl(url=f"https://{site}.example/{run}/{n}", found_by="rss") for n in range(fresh)]
        store.discover(site, found, at=at)
    counters = {
        f"{site}.{name}": count
        for site, counts in sites.items()
        for name, count in zip(("found", "fresh", "articles"), counts, strict=True)
    }
    if state:
        store.end_run(run, state, counters, at=at + timedelta(minutes=5))
    return run


def test_all_is_well(database):
    done = status(database, "--check")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    done = status(database)
    assert done.exit_code == 0
    for shown in ("1 articles of 1 hosts", "archive 1.2 kB", "Sites", "akhbar", "Last runs", "4 000 000"):
        assert shown in done.stdout
    assert re.search(r"akhbar +well +3h( \d+m)? ago", done.stdout)
    assert "To be looked at" not in done.stdout
    found = facts(database)
    assert found["problems"] == []
    (site,) = found["sites"]
    assert (site["site"], site["state"], site["articles"], site["pages"]) == (
        "akhbar", "well", 1, {"done": 1, "pending": 3},
    )  # fmt: skip
    assert (site["backlog"]["pending"], site["backlog"]["due"], site["silence"]) == (3, 3, None)
    assert found["newest"][0]["sentence"] == "قالت الوزارة إن 4 ملايين أسرة تستفيد."
    assert found["archive_bytes"] == 1234
    assert found["crawl"]["counters"]["akhbar.found"] == 20


def degraded(store: Store) -> None:
    run = crawl(store, {"akhbar": (0, 0, 0)}, at=ago(hours=1), state="degraded")
    store.add_issue("degraded", "the listings held 0\nERROR forged", run_id=run, site="akhbar", at=NOW)


def failed(store: Store) -> None:
    crawl(store, {"akhbar": (20, 0, 0)}, at=ago(hours=1), state="failed")


def killed(store: Store) -> None:
    crawl(store, {"akhbar": (20, 0, 0)}, at=ago(hours=1), state=None)


def silent(store: Store) -> None:
    for day in range(60, 20, -1):
        crawl(store, {"thani": (20, 2, 0)}, at=ago(days=day))
    crawl(store, {"thani": (20, 0, 0)}, at=ago(hours=2))


@pytest.mark.parametrize(
    ("wrong", "subject", "message"),
    [
        (degraded, "akhbar", "degraded: the listings held 0 ERROR forged"),
        (failed, "crawl", "run 3 failed"),
        (killed, "crawl", "run 3 was killed"),
        (silent, "thani", r"silent: nothing new since \d{4}-\d\d-\d\d, (20|21) days; usual are 1"),
    ],
)
def test_what_is_wrong_is_said_and_exits_3(
    database: Path, wrong: Callable[[Store], None], subject: str, message: str
):
    with Store.open(database) as store:
        wrong(store)
    done = status(database, "--check")
    assert (done.exit_code, done.stdout) == (3, "")
    assert re.fullmatch(f"hasila: {subject}: {message}\n", done.stderr)
    assert status(database).exit_code == 0
    assert re.search(
        f"To be looked at\n +{subject}: {message}", " ".join(status(database).stdout.split("\\n"))
    )
    (problem,) = facts(database)["problems"]
    assert problem["subject"] == subject
    assert "hasila_problems 1\n" in status(database, "--prometheus").stdout


def test_a_site_that_closes_its_search_is_well_and_one_that_closes_all_is_not(database):
    with Store.open(database) as store:
        run = crawl(store, {"akhbar": (20, 0, 0), "thani": (0, 0, 0)}, at=ago(hours=1))
        for site in ("akhbar", "thani"):
            store.add_issue("robots", "forbidden by robots.txt", run_id=run, site=site, at=NOW)
    assert {site["site"]: site["state"] for site in facts(database)["sites"]} == {
        "akhbar": "well",
        "thani": "robots",
    }
    assert 'hasila_site_well{site="thani"} 0\n' in status(database, "--prometheus").stdout


def test_a_crawl_that_is_late_is_stale(database):
    assert status(database, "--check", "--max-age", "4h").exit_code == 0
    done = status(database, "--check", "--max-age", "2h")
    assert done.exit_code == 3
    assert re.search(r"stale: the last that ended well began 3h( \d+m)? ago", done.stderr)
    assert "hasila_problems 1\n" in status(database, "--prometheus", "--max-age", "2h").stdout


def test_an_empty_database_has_had_no_crawl(tmp_path):
    Store.open(tmp_path / "n.db").close()
    assert status(tmp_path / "n.db", "--check").stderr == "hasila: crawl: there was none yet\n"
    assert status(tmp_path / "n.db").exit_code == 0
    assert facts(tmp_path / "n.db")["crawl"] is None
    assert "hasila_last_run" not in status(tmp_path / "n.db", "--prometheus").stdout


def test_a_crawl_may_run_meanwhile(database):
    """The process that the lock names is there, and its transaction is open."""
    database.with_name("n.db.lock").write_text(f"{os.getpid()}\n")
    with Store.open(database) as store:
        killed(store)
        with store.transaction():
            store.discover("akhbar", [DiscoveredUrl(url="https://akhbar.example/x", found_by="rss")], at=NOW)
            found = facts(database)
    assert found["crawl"]["state"] == "running"
    assert found["sites"][0]["state"] == "crawling"
    assert found["sites"][0]["backlog"]["pending"] == 3
    assert found["wal_bytes"] > 0
    assert found["problems"] == []


@pytest.mark.parametrize("dump", DATABASES, ids=lambda path: path.stem)
def test_a_database_of_an_earlier_version_is_read_and_left_as_it_is(tmp_path, dump):
    path = tmp_path / "old.db"
    old = sqlite3.connect(path)
    old.executescript(dump.read_text(encoding="utf-8"))
    old.close()
    before = path.read_bytes()
    found = facts(path)
    assert found["schema"] == int(dump.stem.removeprefix("version_"))
    assert found["articles"]
    assert found["newest"]
    assert status(path).exit_code == 0
    assert status(path, "--prometheus").exit_code == 0
    assert status(path, "--check").exit_code == 3, "its last crawl is long ago"
    assert path.read_bytes() == before


def test_what_is_no_database_is_named_in_one_line(tmp_path):
    for name in ("none.db", "."):
        done = status(tmp_path / name)
        assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert status(tmp_path / "none.db", "--json", "--prometheus").exit_code == 2


def test_everything_fits_eighty_columns(database):
    with Store.open(database) as store:
        degraded(store)
        run = store.begin_run("crawl", ["a" * 12], program="0", ruleset="1", at=ago(days=400))
        store.end_run(run, "interrupted", {}, at=ago(days=399))
        store.add_issue("listing_failed", "HTTP 503 " * 40, run_id=run, site="a" * 12, at=NOW)
    file = io.StringIO()
    with Store.open(database, readonly=True) as store:
        found = standing(store, None)
    Console(file=file, width=80).print(status_tables(found, list(found.problems()), width=80))
    lines = file.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert "akhbar" in file.getvalue()
    assert not any("…" in line for line in lines if line.startswith(("akhbar", "a" * 12))), (
        "nothing is cut off"
    )


def test_sizes_are_shown_in_powers_of_ten():
    assert [size(n) for n in (0, 999, 1000, 766_000, 99_600_000, 1_164_529_664, 5 * 10**15)] == [
        "0 B", "999 B", "1.0 kB", "766 kB", "100 MB", "1.2 GB", "5000 TB",
    ]  # fmt: skip


# The text format 0.0.4 as prometheus.io/docs/instrumenting/exposition_formats describes it.
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
_SAMPLE = re.compile(
    rf"(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{{(?P<labels>{_LABEL}(?:,{_LABEL})*)\}})? (?P<value>[-+0-9.eE]+|NaN)"
)


def parsed(text: str) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Samples by metric and labels; every rule of the format that can be broken is checked."""
    assert text.endswith("\n")
    found: dict[str, dict] = {}
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            name = line.split(" ")[2]
            assert name not in found, "a metric is one block"
            assert re.fullmatch(r"(?:[^\\]|\\\\|\\n)+", line.split(" ", 3)[3])
            assert next(lines) == f"# TYPE {name} gauge"
            found[name] = {}
            continue
        sample = _SAMPLE.fullmatch(line)
        assert sample, line
        assert sample["name"] == name
        labels = tuple(
            (
                part.partition("=")[0],
                re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), part.partition("=")[2][1:-1]),
            )
            for part in re.findall(_LABEL, sample["labels"] or "")
        )
        assert labels not in found[name], "a sample is there once"
        found[name][labels] = float(sample["value"])
    return found


def test_the_metrics_are_those_of_the_format_and_say_what_the_json_says(database):
    metrics = parsed(status(database, "--prometheus").stdout)
    found = facts(database)
    assert metrics["hasila_run_state"][("state", "done"),] == 1
    assert sum(metrics["hasila_run_state"].values()) == 1
    assert metrics["hasila_pages"] == {
        (("site", "akhbar"), ("state", "done")): 1,
        (("site", "akhbar"), ("state", "pending")): 3,
    }
    assert metrics["hasila_backlog"] == {(("site", "akhbar"),): 3}
    assert metrics["hasila_claims"] == {(("kind", row["kind"]),): row["claims"] for row in found["claims"]}
    assert metrics["hasila_archive_bytes"] == {(): 1234}
    began = datetime.fromisoformat(found["crawl"]["started_at"]).timestamp()
    assert metrics["hasila_last_run_timestamp_seconds"] == {(): began}


def test_labels_and_help_are_escaped():
    odd = 'a "b" \\ c\nd {e="f"} خبر'
    text = exposition(Gauge("hasila_x", "one\ntwo \\ three", (({"site": odd}, 1.5), ({"site": ""}, -3))))
    assert text.splitlines()[0] == r"# HELP hasila_x one\ntwo \\ three"
    assert parsed(text) == {"hasila_x": {(("site", odd),): 1.5, (("site", ""),): -3}}
    with pytest.raises(ValueError, match="no name"):
        exposition(Gauge("hasila-x", "", ()))


def test_the_documentation_has_every_metric_and_key_and_event(database):
    with Store.open(database, readonly=True) as store:
        metrics = {gauge.name for gauge in gauges(standing(store, None))}
    assert set(re.findall(r"^\| `(hasila_\w+)` ", DOC, flags=re.MULTILINE)) == metrics
    keys = DOC.partition("| key | meaning |\n| --- | --- |\n| `database`")[2].partition("\n\n")[0]
    named = {
        "database",
        *re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| ([^|]*) \|", keys, flags=re.MULTILINE))),
    }
    assert named == facts(database).keys()
    site = facts(database)["sites"][0]
    (row,) = re.findall(r"^\| `sites` \| (.*) \|$", keys, flags=re.MULTILINE)
    assert {*site, *site["backlog"]} <= set(re.findall(r"`(\w+)`", row))
    assert set(EVENTS) <= set(re.findall(r"^\| `(\w+)` \|", DOC, flags=re.MULTILINE))


def test_status_waits_neither_for_scrapy_nor_for_the_rules():
    code = "import sys, hasila.commands.status; sys.exit(any(name in sys.modules for name in ('scrapy', 'twisted', 'rules')))"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_a_database_that_may_not_be_written_is_shown(database):
    copy = database.with_name("copy.db")
    shutil.copy(database, copy)
    copy.chmod(0o444)
    assert status(copy).exit_code == 0
