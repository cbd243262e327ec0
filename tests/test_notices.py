"""Notices against servers that run here: what arrives, what does not, and that no secret is said either way."""

import json
import re
import socket
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from crawler_loopback import ROOT
from loopback_certificate import self_signed
from notice_servers import mail_server, webhook

from hasila.cli import main
from hasila.configuration import Configuration, Mail, Notices
from hasila.exits import Exit
from hasila.notices.notice import ISSUES, Notice
from hasila.notices.sending import send, shown
from hasila.notices.telling import telling
from store import Store

NOTICE = Notice(
    command="crawl",
    state="degraded",
    exit_code=3,
    database="/srv/hasila/live.db",
    run=17,
    started_at=datetime(2026, 3, 1, 20, 17, tzinfo=UTC),
    ended_at=datetime(2026, 3, 1, 20, 40, 5, tzinfo=UTC),
    faults={"goud": ["the listings held 0 articles, expected are 1 or more"]},
    hints={"goud": ["hasila extract a.warc.gz --offset 3 --explain"]},
    well_again=["hespress"],
    issues=[
        {
            "at": "2026-03-01T20:39:00Z",
            "site": "goud",
            "kind": "listing_failed",
            "message": "HTTP 500\nhasila: forged",
            "url": "https://www.goud.ma/feed/",
        }
    ],
    host="srv1",
)
SECRETS = ("T0KEN", "S3CRET", "passw0rd", "AG1lAHBhc3N3MHJk")
"""The last one is how PLAIN sends the login."""


def by_hook(url: str, seconds: float = 10) -> Configuration:
    return Configuration(notices=Notices(webhook=url, timeout=timedelta(seconds=seconds)))


def by_mail(port: int, seconds: float = 10, **settings: object) -> Configuration:
    mail = Mail(
        host="127.0.0.1",
        port=port,
        security="none",
        sender="hasila@example.org",
        to=("a@example.org", "b@example.org"),
    )
    return Configuration(mail=replace(mail, **settings), notices=Notices(timeout=timedelta(seconds=seconds)))


def failure(configuration: Configuration, environment: dict[str, str] | None = None) -> str:
    """Why the one way that is set failed; no secret is in what is said."""
    (sent,) = send(NOTICE, configuration, environment or {})
    assert sent.failure
    assert not [secret for secret in SECRETS if secret in repr(sent)]
    return sent.failure


@pytest.fixture(autouse=True)
def directly(monkeypatch):
    """The proxy of the machine knows no loopback of ours."""
    monkeypatch.setenv("no_proxy", "*")


# What is said


def test_a_webhook_receives_what_the_document_describes():
    with webhook() as hook:
        (sent,) = send(NOTICE, by_hook(hook.url), {})
    assert sent.failure is None
    assert re.fullmatch(r"webhook http://127\.0\.0\.1:\d+/…", sent.way)
    (body,) = hook.bodies
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    (shown_there,) = re.findall(r"```json\n(.*?)```", document, re.DOTALL)
    example = json.loads(shown_there)
    assert body.keys() == example.keys()
    assert {name: type(value) for name, value in body.items()} == {
        name: type(value) for name, value in example.items()
    } | {"problem": type(None)}
    assert body["issues"][0].keys() == example["issues"][0].keys()
    assert (body["run"], body["state"], body["exit_code"]) == (17, "degraded", 3)
    assert (body["started_at"], body["ended_at"]) == ("2026-03-01T20:17:00Z", "2026-03-01T20:40:05Z")
    assert body["text"].splitlines()[0] == "hasila on srv1: crawl degraded (run 17)"
    (headers,) = hook.headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert hook.methods == ["POST"]


def test_the_text_is_for_people_and_cannot_be_forged():
    assert NOTICE.text == (
        "crawl: degraded: a site fell below its health floor.\n"
        "Began 2026-03-01 20:17:00 UTC, ended 2026-03-01 20:40:05 UTC, exit code 3.\n"
        "\n"
        "goud\n"
        "  - the listings held 0 articles, expected are 1 or more\n"
        "    look at: hasila extract a.warc.gz --offset 3 --explain\n"
        "\n"
        "Well again: hespress\n"
        "\n"
        "Last issues of the run, the latest first:\n"
        "  - 2026-03-01T20:39:00Z goud listing_failed: HTTP 500 hasila: forged (https://www.goud.ma/feed/)\n"
        "\n"
        "Database: /srv/hasila/live.db on srv1\n"
        "`hasila status` shows more.\n"
    )
    assert len(replace(NOTICE, problem="x" * 10_000).text) < 2000


def test_a_mail_goes_to_all_with_text_and_headers():
    arabic = replace(NOTICE, problem="تعذر الوصول")
    with mail_server() as box:
        (sent,) = send(arabic, by_mail(box.port), {})
    assert sent.failure is None
    (mail,) = box.mails
    assert box.recipients == [["a@example.org", "b@example.org"]]
    assert mail["Subject"] == "hasila on srv1: crawl degraded (run 17)"
    assert (mail["From"], mail["To"]) == ("hasila@example.org", "a@example.org, b@example.org")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].endswith("@example.org>")
    assert mail["Date"].datetime == NOTICE.ended_at
    assert mail.get_content().replace("\r\n", "\n") == arabic.text


def test_a_login_is_encrypted_and_its_password_from_the_variable_or_the_file(tmp_path, monkeypatch):
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    self_signed(key, certificate)
    password = tmp_path / "password"
    password.write_text("passw0rd\n", encoding="utf-8")
    with mail_server(user="me", password="passw0rd", certificate=(certificate, key)) as box:
        login = by_mail(box.port, host="localhost", security="starttls", user="me")
        assert failure(login, {"HASILA_MAIL_PASSWORD": "passw0rd"}).startswith("has a bad certificate: ")
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        for configuration, environment in (
            (login, {"HASILA_MAIL_PASSWORD": "passw0rd"}),
            (replace(login, mail=replace(login.mail, password_file=password)), {}),
        ):
            (sent,) = send(NOTICE, configuration, environment)
            assert sent.failure is None
        assert failure(login, {"HASILA_MAIL_PASSWORD": "wrong"}) == "refuses the login of me (SMTP 535)"
    assert box.encrypted == [True, True]


def test_both_ways_are_gone_and_one_does_not_wait_for_the_other():
    with webhook(silent=True) as hook, mail_server() as box:
        both = replace(by_mail(box.port, 0.5), notices=by_hook(hook.url, 0.5).notices)
        by_webhook, mailed = send(NOTICE, both, {})
        assert mailed.failure is None
        assert by_webhook.failure
    assert len(box.mails) == len(hook.bodies) == 1


# What does not arrive


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_any_answer_but_a_good_one_is_a_failure_and_no_redirect_is_followed(status):
    with webhook() as elsewhere, webhook(status=status, location=elsewhere.url) as hook:
        assert failure(by_hook(hook.url)) == f"answers HTTP {status}"
    assert not elsewhere.methods


def test_nothing_waits_longer_than_the_configuration_says():
    with webhook(silent=True) as hook, mail_server(silent=True) as mute, mail_server(dripping=True) as box:
        for configuration in (by_hook(hook.url, 0.3), by_mail(mute.port, 0.3), by_mail(box.port, 0.3)):
            started = time.monotonic()
            assert re.fullmatch(r"did not answer in time|took longer than 0\.3 s", failure(configuration))
            assert time.monotonic() - started < 2


def test_a_closed_port_and_an_unknown_host_are_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        assert failure(by_hook(f"http://127.0.0.1:{port}/T0KEN")) == "Connection refused"
        assert failure(by_mail(port)) == "Connection refused"
    assert failure(by_hook("http://me:passw0rd@:x/T0KEN"))
    assert failure(by_hook("http://nowhere.invalid/T0KEN", 2))


def test_a_login_in_the_address_of_a_webhook_is_sent_and_not_shown():
    with webhook() as hook:
        url = hook.url.replace("http://", "http://me:passw0rd@")
        (sent,) = send(NOTICE, by_hook(url), {})
    assert sent.failure is None
    assert hook.headers[0]["Authorization"] == "Basic bWU6cGFzc3cwcmQ="
    assert shown(url) == sent.way.removeprefix("webhook ") == shown(hook.url)


def test_what_a_mail_server_refuses_is_named(tmp_path):
    with mail_server(refused=("a@example.org",)) as box:
        assert failure(by_mail(box.port)) == "refuses a@example.org (SMTP 550)"
        assert box.recipients == [["b@example.org"]]
        assert failure(by_mail(box.port, to=("a@example.org",))) == "refuses a@example.org (SMTP 550)"
        assert failure(by_mail(box.port, security="starttls")).startswith("does not offer what `security")
        login = by_mail(box.port, user="me")
        assert failure(login) == "there is no password for me: set HASILA_MAIL_PASSWORD or `password_file`"
        assert failure(login, {"HASILA_MAIL_PASSWORD": "passw0rd"}).startswith("does not offer")
        none = by_mail(box.port, user="me", password_file=tmp_path / "none")
        assert failure(none) == f"the password file {tmp_path}/none cannot be read: No such file or directory"
    with mail_server(user="me", password="passw0rd") as box:
        assert failure(by_mail(box.port)) == "refuses the sender hasila@example.org (SMTP 530)"
        wrong = {"HASILA_MAIL_PASSWORD": "passw0rdx"}
        assert failure(by_mail(box.port, user="me"), wrong) == "refuses the login of me (SMTP 535)"


# When it is said


def ended(
    database: Path, configuration: Configuration, code: int | None, **facts: object
) -> tuple[int | None, list[str]]:
    """End a command with a code; return it, and what was complained about."""
    complaints: list[str] = []
    try:
        with telling("crawl", database, configuration, complain=complaints.append) as ending:
            for name, value in facts.items():
                setattr(ending, name, value)
            if code is not None:
                raise SystemExit(code)
    except SystemExit as leaving:
        return int(str(leaving.code)), complaints
    return None, complaints


def test_silence_when_all_is_well_and_a_notice_when_not(tmp_path):
    with webhook() as hook:
        configuration = by_hook(hook.url)
        for quiet in (None, Exit.WELL, Exit.USAGE, Exit.RUNNING):
            assert ended(tmp_path / "n.db", configuration, quiet) == (quiet, [])
        assert not hook.bodies
        assert ended(tmp_path / "n.db", configuration, Exit.DEGRADED) == (3, [])
        assert ended(tmp_path / "n.db", configuration, Exit.FAILED, problem="locked") == (1, [])
        running = replace(configuration, notices=replace(configuration.notices, about=("running",)))
        assert ended(tmp_path / "n.db", running, Exit.RUNNING) == (75, [])
        assert ended(tmp_path / "n.db", running, Exit.FAILED) == (1, [])
        # A program that is no run of ours may never let go.
        assert ended(tmp_path / "n.db", configuration, Exit.RUNNING, locked=True) == (75, [])
    assert [(body["state"], body["problem"]) for body in hook.bodies] == [
        ("degraded", None),
        ("failed", "locked"),
        ("running", None),
        ("failed", None),
    ]


def test_what_to_look_at_is_told_apart_from_the_fault(tmp_path):
    faults = {"goud": ["no date; look at: hasila extract a --offset 3", "no body"], "2m": ["silent"]}
    with webhook() as hook:
        ended(tmp_path / "n.db", by_hook(hook.url), Exit.DEGRADED, faults=faults)
    (body,) = hook.bodies
    assert body["faults"] == {"goud": ["no date", "no body"], "2m": ["silent"]}
    assert body["hints"] == {"goud": ["hasila extract a --offset 3"]}


def test_a_crash_is_told_and_goes_on(tmp_path):
    with (
        webhook() as hook,
        pytest.raises(ZeroDivisionError),
        telling("crawl", tmp_path / "n.db", by_hook(hook.url)),
    ):
        raise ZeroDivisionError("division")
    assert [body["problem"] for body in hook.bodies] == ["ZeroDivisionError: division"]


def test_the_last_issues_of_the_run_are_told_and_what_cannot_be_sent_becomes_one(tmp_path):
    database = tmp_path / "n.db"
    now = datetime.now(UTC) + timedelta(minutes=1)  # after the command began
    with Store.open(database) as store:
        run = store.begin_run("crawl", ["goud"], program="1", ruleset="1", at=now)
        for number in range(ISSUES + 2):
            store.add_issue("lost", f"number {number}", run_id=run, site="goud", at=now)
        store.end_run(run, "failed", {}, at=now)
    with webhook() as hook:
        for known in ({"run": run}, {}):  # what the command does not say, the database does
            assert ended(database, by_hook(hook.url), Exit.FAILED, **known) == (1, [])
    body, same = hook.bodies
    assert (body["run"], body["issues"]) == (same["run"], same["issues"])
    assert [issue["message"] for issue in body["issues"]] == [f"number {n}" for n in range(ISSUES + 1, 1, -1)]
    with webhook(status=500) as hook:
        code, complaints = ended(database, by_hook(hook.url), Exit.DEGRADED, run=run)
    assert code == 3
    assert complaints == [f"webhook {shown(hook.url)}: not sent: answers HTTP 500"]
    with Store.open(database) as store:
        rows = store.rows("SELECT run, message FROM issues WHERE kind = 'notice_failed'")
    assert rows == [{"run": run, "message": complaints[0]}]
    assert not [secret for secret in SECRETS if secret.encode() in database.read_bytes()]


def test_a_reprocessing_that_cannot_begin_is_told_and_a_preview_is_not(tmp_path):
    file = tmp_path / "hasila.toml"
    (tmp_path / "n.db").write_bytes(b"this is no database" * 100)
    with webhook() as hook:
        file.write_text(f'database = "n.db"\n[notices]\nwebhook = "{hook.url}"\n', encoding="utf-8")
        for more in ([], ["--dry-run"]):
            assert CliRunner().invoke(main, ["--config", str(file), "reprocess", *more]).exit_code == 1
    (body,) = hook.bodies
    assert (body["command"], body["state"], body["run"]) == ("reprocess", "failed", None)
    assert "is no SQLite database" in body["problem"]


def test_a_database_that_cannot_be_used_does_not_keep_the_notice(tmp_path):
    database = tmp_path / "n.db"
    database.write_bytes(b"this is no database" * 100)
    with webhook(status=500) as hook:
        code, complaints = ended(database, by_hook(hook.url), Exit.FAILED, run=1, problem="no database")
    assert (code, len(complaints), len(hook.bodies)) == (1, 1, 1)
    assert database.read_bytes() == b"this is no database" * 100


# By hand


def test_notify_sends_a_test_and_a_message(tmp_path):
    file = tmp_path / "hasila.toml"
    with webhook() as hook:
        file.write_text(f'[notices]\nwebhook = "{hook.url}"\n', encoding="utf-8")
        notify = ["--config", str(file), "notify"]
        run = CliRunner().invoke(main, [*notify, "--test"])
        assert (run.exit_code, run.output) == (0, f"webhook {shown(hook.url)}: sent\n")
        assert CliRunner().invoke(main, [*notify, "the run was killed"]).exit_code == 0
        assert CliRunner().invoke(main, notify).exit_code == 2
        hook.status = 403
        run = CliRunner().invoke(main, [*notify, "--test"])
        assert run.exit_code == 1
        assert run.output == f"hasila: webhook {shown(hook.url)}: not sent: answers HTTP 403\n"
    states = [(body["state"], body["problem"]) for body in hook.bodies]
    assert states == [("test", None), ("failed", "the run was killed"), ("test", None)]
    file.write_text("")
    run = CliRunner().invoke(main, [*notify, "--test"])
    assert (run.exit_code, run.output.count("\n")) == (1, 1)
    assert "nothing is set" in run.output


def crawled(store: Store, at: datetime, *, ill: tuple[str, ...] = (), spared: tuple[str, ...] = ()) -> int:
    """A crawl of two sites that ended; which of them were below a floor, and which were left alone."""
    run = store.begin_run("crawl", ["goud", "2m"], program="1", ruleset="1", at=at)
    for site in ill:
        store.add_issue("degraded", "the listings held nothing", run_id=run, site=site, at=at)
    for site in spared:
        store.add_issue("held", "for an hour", run_id=run, site=site, at=at)
    store.end_run(run, "degraded" if ill else "done", {}, at=at)
    return run


def test_a_site_that_stays_ill_is_told_of_once_a_day_and_when_it_is_well(tmp_path):
    database = tmp_path / "n.db"
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    hours = [
        # hours after noon, what was ill and left alone, what is told
        (0, (), (), None),
        (3, ("goud",), (), ("degraded", [])),
        (6, ("goud",), (), None),
        (9, ("goud", "2m"), (), ("degraded", [])),
        (12, ("goud", "2m"), (), ("degraded", [])),  # another day
        (15, ("goud",), (), ("degraded", ["2m"])),
        (18, (), ("goud",), None),  # it was left alone: neither ill nor well
        (21, ("goud",), (), None),
        (24, (), (), ("well", ["goud"])),
        (27, (), (), None),
    ]
    with Store.open(database) as store, webhook() as hook:
        for hour, ill, spared, expected in hours:
            run = crawled(store, noon + timedelta(hours=hour), ill=ill, spared=spared)
            code = Exit.DEGRADED if ill else Exit.WELL
            assert ended(database, by_hook(hook.url), code, run=run) == (code, [])
            said = [(body["state"], body["well_again"]) for body in hook.bodies]
            assert said == ([expected] if expected else []), hour
            hook.bodies.clear()
        # Who does not want to hear of degraded sites does not hear that they are well.
        silent = by_hook(hook.url)
        silent = replace(silent, notices=replace(silent.notices, about=("failed",)))
        for hour, ill in ((30, ("goud",)), (33, ())):
            run = crawled(store, noon + timedelta(hours=hour), ill=ill)
            ended(database, silent, Exit.DEGRADED if ill else Exit.WELL, run=run)
        assert not hook.bodies


def test_what_could_not_be_told_is_told_by_the_next_run(tmp_path):
    database = tmp_path / "n.db"
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with Store.open(database) as store:
        with webhook(status=500) as hook:
            ended(database, by_hook(hook.url), Exit.DEGRADED, run=crawled(store, noon, ill=("goud",)))
        with webhook() as hook:
            for hour in (1, 2):
                run = crawled(store, noon + timedelta(hours=hour), ill=("goud",))
                ended(database, by_hook(hook.url), Exit.DEGRADED, run=run)
            assert [body["run"] for body in hook.bodies] == [2]
