"""`hasila crawl` as real processes that go by a configuration, and the notices that they send."""

import json
import sqlite3
from contextlib import closing

import pytest
from click.testing import CliRunner
from crawler_loopback import ORIGINS, Reply, loopback, run
from notice_servers import mail_server, webhook

from hasila.cli import main

LOOPBACK = ("-s", f"HASILA_ORIGINS={ORIGINS}", "-s", "AUTOTHROTTLE_ENABLED=0", "-s", "RETRY_TIMES=0")
BARE = Reply(body=b"<html><body>redesigned</body></html>")
REDESIGNED = {
    "http://maghress.test/rss": Reply(body=b"<rss><channel/></rss>"),
    **{f"http://maghress.test/{page}": BARE for page in ("", "politics", "economics", "society", "health")},
}


@pytest.fixture(autouse=True)
def directly(monkeypatch):
    """The proxy of the machine knows no loopback of ours."""
    monkeypatch.setenv("no_proxy", "*")


def test_a_crawl_goes_by_its_configuration_and_tells_of_a_redesign(tmp_path):
    (tmp_path / "data").mkdir()
    with loopback(REDESIGNED) as site, webhook() as hook, mail_server() as box:
        (tmp_path / "hasila.toml").write_text(
            f"""
            database = "data/own.db"
            contact = "mailto:me@example.org"
            [crawl]
            sites = ["maghress"]
            delay = 0
            proxy = "{site.address}"
            log_format = "json"
            [notices]
            webhook = "{hook.url}"
            [mail]
            host = "127.0.0.1"
            port = {box.port}
            security = "none"
            sender = "hasila@example.org"
            to = ["a@example.org"]
            [sites.maghress]
            archive = false
            least_found = 3
            """,
            encoding="utf-8",
        )
        done = run("hasila", "crawl", *LOOPBACK, cwd=tmp_path)
    fault = "the listings held 0 articles, expected are 3 or more"
    assert done.returncode == 3, done.stderr
    assert fault in done.stderr
    assert [json.loads(line)["level"] for line in done.stderr.splitlines()]
    assert {headers["User-Agent"].partition("+")[2] for _, headers in site.requests} == {
        "mailto:me@example.org)"
    }
    assert {url.split("/")[2] for url, _ in site.requests} == {"maghress.test"}
    kept = {path.name for path in (tmp_path / "data").rglob("*")}
    assert "own.db" in kept
    assert not [name for name in kept if name.endswith(".warc.gz")]
    (body,) = hook.bodies
    assert (body["command"], body["run"], body["state"], body["exit_code"]) == ("crawl", 1, "degraded", 3)
    assert body["database"] == str(tmp_path / "data" / "own.db")
    assert [issue["kind"] for issue in body["issues"]] == ["degraded"]
    assert fault in body["faults"]["maghress"][0]
    assert fault in box.mails[0].get_content()
    everything = done.stdout + done.stderr + (tmp_path / "data" / "own.db").read_bytes().decode("latin-1")
    assert not [secret for secret in ("T0KEN", "S3CRET") if secret in everything]


def test_a_run_that_cannot_begin_is_told_and_an_unsent_notice_changes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    letter = tmp_path / "letter.db"
    letter.write_text("not a database at all, but long enough to be looked at" * 20)
    with webhook(status=500) as hook:
        (tmp_path / "hasila.toml").write_text(f'database = "letter.db"\n[notices]\nwebhook = "{hook.url}"\n')
        done = CliRunner().invoke(main, ["crawl", "maghress", "--quiet"])
    assert done.exit_code == 1
    problem, unsent = done.stderr.splitlines()
    assert "is no SQLite database" in problem
    assert unsent.startswith("hasila: crawl: webhook http://127.0.0.1:")
    assert unsent.endswith("/…: not sent: answers HTTP 500")
    (body,) = hook.bodies
    assert (body["run"], body["state"], body["exit_code"]) == (None, "failed", 1)
    assert "is no SQLite database" in body["problem"]


@pytest.mark.long  # waits for the lock, half a minute
def test_a_database_that_others_hold_is_told(tmp_path):
    database = tmp_path / "hasila.db"
    with loopback() as site, webhook() as hook:
        (tmp_path / "hasila.toml").write_text(
            f'[crawl]\nproxy = "{site.address}"\n[notices]\nwebhook = "{hook.url}"\n'
        )
        assert run("hasila", "demo", "--db", database).returncode == 0
        with closing(sqlite3.connect(database)) as other:
            other.execute("BEGIN EXCLUSIVE")
            done = run("hasila", "crawl", "maghress", *LOOPBACK, cwd=tmp_path)
    assert done.returncode == 75
    (body,) = hook.bodies
    assert (body["run"], body["state"], body["exit_code"]) == (None, "failed", 75)
    assert "is locked by another program" in body["problem"]


@pytest.mark.long
def test_nothing_is_imported_that_a_quick_command_does_not_need(tmp_path):
    (tmp_path / "hasila.toml").write_text("[crawl]\nmax_pages = 3\n")
    code = (
        "import sys\n"
        "from hasila.cli import main\n"
        "try:\n"
        "    main(['status'])\n"
        "finally:\n"
        "    print('scrapy' in sys.modules)\n"
    )
    told = run("python", "-c", code, cwd=tmp_path)
    assert told.stdout == "False\n", told.stderr


def test_an_option_turns_the_json_of_the_file_off(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hasila.toml").write_text('[crawl]\nlog_format = "json"\n')
    command = ["crawl", "maghress", "--quiet", "--db", "missing/own.db"]
    asked = {
        tuple(options): CliRunner().invoke(main, [*command, *options]) for options in ([], ["--no-log-json"])
    }
    assert {done.exit_code for done in asked.values()} == {1}
    as_json, plain = (done.stderr.strip() for done in asked.values())
    assert json.loads(as_json)["level"] == "ERROR"
    assert plain.startswith("hasila: ")
