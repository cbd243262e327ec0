"""hasila.toml: what is written is what is declared, what is read goes before the defaults, what is wrong has its line."""

import json
import re
import tomllib
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from crawler_loopback import ROOT

from crawler.health import Health
from hasila.cli import main
from hasila.configuration import SECTIONS, Archive, Configuration, Crawl, Site, keys
from hasila.configuration.crawling import configured, crawler_settings
from hasila.configuration.option import site_names
from hasila.configuration.reading import ConfigurationError, find, key_lines, load
from hasila.configuration.values import Choice, Duration, File, Flag, Number, Several, Size, Text
from hasila.configuration.writing import tables, toml
from hasila.sites import project_settings, site_spiders
from rules.relevance import threshold

NAMES = ("hespress", "goud", "2m", "quickpost")


def read(tmp_path, text, environment=None):
    file = tmp_path / "hasila.toml"
    file.write_text(text, encoding="utf-8")
    return load(file, environment or {}, known_sites=lambda: NAMES)


def problems(tmp_path, text, environment=None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path, text, environment)
    return [problem.removeprefix(f"{tmp_path}/") for problem in caught.value.problems]


# What is written


def test_the_file_that_is_written_says_the_defaults_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hasila.toml").write_text(toml(), encoding="utf-8")
    loaded = load(find(environment={}), {}, known_sites=list)
    assert loaded.configuration == Configuration()
    assert not loaded.warnings


def test_the_file_has_every_key_and_what_stands_in_comments_can_be_set(tmp_path):
    text = re.sub(r"^#(?=[\[a-z])", "", toml(), flags=re.MULTILINE)
    lines = key_lines(text)
    assert {path for path in lines if len(path) == 1} >= {(each.name,) for each, _ in keys(Configuration)}
    for name, section in SECTIONS.items():
        assert {(name, each.name) for each, _ in keys(section)} <= lines.keys()
    assert {("sites", "hespress", each.name) for each, _ in keys(Site)} <= lines.keys()
    site = read(tmp_path, text).configuration.sites["hespress"]
    assert all(getattr(site, each.name) == about.example for each, about in keys(Site))


@pytest.mark.parametrize("section", [Configuration, *SECTIONS.values(), Site])
def test_every_default_and_example_is_of_its_kind(section):
    for each, about in keys(section):
        value = about.example if each.default is None else each.default
        name, _, written = f"{each.name} = {about.kind.show(value)}".partition(" = ")
        assert about.kind.read(tomllib.loads(f"{name} = {written}")[name]) == value
        assert about.about.endswith(".")


def test_the_defaults_are_those_of_the_crawler(monkeypatch):
    plain, told = project_settings(), crawler_settings(Configuration())
    differing = {name for name, value in told.items() if plain[name] != value}
    assert differing == {"LOG_LEVEL"}  # `scrapy crawl` is for people at work on a spider
    (example,) = (about.example for each, about in keys(Crawl) if each.name == "relevance_threshold")
    assert example == threshold() == plain["RELEVANCE_THRESHOLD"]


def test_the_floors_of_a_site_are_all_that_health_has():
    own = {each.name: each.type for each, _ in keys(Site)}
    assert {floor.name: f"{floor.type} | None" for floor in fields(Health)}.items() <= own.items()


def test_init_writes_once_and_replaces_only_when_told(tmp_path):
    file = tmp_path / "own.toml"
    run = CliRunner().invoke(main, ["init", str(file)])
    assert run.exit_code == 0
    assert file.read_text(encoding="utf-8") == toml() == CliRunner().invoke(main, ["init", "-"]).stdout
    assert file.stat().st_mode & 0o077 == 0
    file.write_text("contact = 'mailto:me@example.org'\n")
    run = CliRunner().invoke(main, ["init", str(file)])
    assert (run.exit_code, run.stderr.count("\n")) == (1, 1)
    assert "--force" in run.stderr
    assert file.read_text() == "contact = 'mailto:me@example.org'\n"
    assert CliRunner().invoke(main, ["init", str(file), "--force"]).exit_code == 0
    assert file.read_text(encoding="utf-8") == toml()
    assert [path.name for path in tmp_path.iterdir()] == ["own.toml"]
    run = CliRunner().invoke(main, ["init", str(tmp_path / "none" / "own.toml")])
    assert (run.exit_code, run.stderr.count("\n")) == (1, 1)


def test_the_reference_is_that_of_the_declarations():
    document = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert tables() in document, "python -m hasila.configuration.writing prints what is to stand there"


# What is read


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path):
    text = 'contact = "mailto:a@example.org"\n[crawl]\nmax_pages = 7\ndelay = "2s"\n[sites.goud]\ndelay = 4\n'
    environment = {
        "HASILA_CRAWL_DELAY": "1m 30s",
        "HASILA_CRAWL_SITES": "goud, 2m",
        "HASILA_SITES_GOUD_DELAY": "9s",
        "HASILA_SITES_2M_ENABLED": "no",
        "HASILA_ARCHIVE": "",
        "HASILA_CRAWL_MAX_PAGES": "",
    }
    loaded = read(tmp_path, text, environment)
    found = loaded.configuration
    assert found.contact == "mailto:a@example.org"
    assert found.crawl == replace(Crawl(), max_pages=7, delay=timedelta(seconds=90), sites=("goud", "2m"))
    assert found.sites == {"goud": Site(delay=timedelta(seconds=9)), "2m": Site(enabled=False)}
    assert found.archive == replace(Archive(), folder="")
    assert loaded.origins["crawl", "max_pages"] == f"{tmp_path}/hasila.toml:3"
    assert loaded.origins["crawl", "delay"] == "HASILA_CRAWL_DELAY"


def test_paths_in_the_file_are_relative_to_it_and_those_of_variables_to_the_current_folder(tmp_path):
    text = 'database = "data/own.db"\n[mail]\npassword_file = "secret"\n'
    found = read(tmp_path, text).configuration
    assert (found.database, found.mail.password_file) == (tmp_path / "data" / "own.db", tmp_path / "secret")
    assert read(tmp_path, "").configuration.database == tmp_path / "hasila.db"
    assert read(tmp_path, text, {"HASILA_DATABASE": "x.db"}).configuration.database == Path("x.db")
    assert read(tmp_path, 'database = "/srv/own.db"').configuration.database == Path("/srv/own.db")


def test_the_file_is_the_one_named_else_that_of_the_variable_else_the_one_here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find(environment={}) is None
    Path("hasila.toml").touch()
    assert find(environment={}) == Path("hasila.toml")
    assert find(environment={"HASILA_CONFIG": "b.toml"}) == Path("b.toml")
    assert find(Path("c.toml"), environment={"HASILA_CONFIG": "b.toml"}) == Path("c.toml")


def test_the_names_of_the_sites_are_those_of_the_spiders():
    assert site_names() == {spider.name for spider in site_spiders()}


def test_a_site_is_on_or_off_as_the_configuration_says(tmp_path):
    file = tmp_path / "hasila.toml"
    file.write_text("[sites.goud]\nenabled = false\n[sites.masress]\nenabled = true\n")
    run = CliRunner().invoke(main, ["--config", str(file), "sites", "--json"])
    on = {site["name"]: site["enabled"] for site in map(json.loads, run.stdout.splitlines())}
    declared = {spider.name: spider.enabled for spider in site_spiders()}
    assert on == declared | {"goud": False, "masress": True} != declared


def test_sites_are_asked_for_only_where_one_is_named(tmp_path):
    def asked():
        raise AssertionError

    file = tmp_path / "hasila.toml"
    file.write_text(toml(), encoding="utf-8")
    load(file, {}, known_sites=asked)


def test_a_variable_that_is_no_setting_is_named_and_does_no_harm(tmp_path):
    loaded = read(
        tmp_path, "", {"HASILA_CRAWL_DELYA": "3", "HASILA_CONFIG": "x", "HASILA_MAIL_PASSWORD": "p"}
    )
    assert loaded.warnings == (
        "the environment variable HASILA_CRAWL_DELYA is no setting; did you mean 'HASILA_CRAWL_DELAY'?",
    )


# What is wrong


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "\n\n[crawl]\nmax_pagse = 3",
            "hasila.toml:4: [crawl] has no key 'max_pagse'; did you mean 'max_pages'?",
        ),
        (
            "[crwal]\nmax_pages = 3",
            "hasila.toml:1: a configuration has no key 'crwal'; did you mean 'crawl'?",
        ),
        (
            "webhook = 'http://h'",
            "hasila.toml:1: a configuration has no key 'webhook'; it belongs to [notices]",
        ),
        (
            "[crawl]\n\ncontact = 'a@b.c'",
            "hasila.toml:3: [crawl] has no key 'contact'; it belongs to the beginning of the file, before any table",
        ),
        ("# 1\ncrawl.max_pages = '3'", "hasila.toml:2: max_pages must be a whole number, 0 or more"),
        ("[crawl]\nmax_pages = -1", "hasila.toml:2: max_pages must be a whole number, 0 or more"),
        ("[crawl]\nmax_pages = true", "hasila.toml:2: max_pages must be a whole number, 0 or more"),
        ("[mail]\nport = 70000", "hasila.toml:2: port must be a whole number from 1 to 65535"),
        ("[crawl]\ndelay = '2 hours'", "hasila.toml:2: delay must be a time like"),
        ("[crawl]\ndelay = 9999", 'hasila.toml:2: delay must be from "0s" to "1h"'),
        ("[archive]\nfile_size = '12 XB'", "hasila.toml:2: file_size must be a size like"),
        ("[archive]\nfile_size = 12", 'hasila.toml:2: file_size must be at least "1 MiB"'),
        ("[archive]\nenabled = 1", "hasila.toml:2: enabled must be true or false"),
        ("[mail]\nsecurity = 'ssl'", 'hasila.toml:2: security must be one of "starttls", "tls", "none"'),
        ("[mail]\nto = 'a@b.c'", "hasila.toml:2: to must be a list, [ … ]"),
        (
            "[mail]\nto = [\n 'a@b.c',\n 'x'\n]",
            "hasila.toml:2: to number 2 of the list must be a mail address",
        ),
        ("database = ''", "hasila.toml:1: database must be the path of a file"),
        ("crawl = 3", "hasila.toml:1: crawl is a table, [crawl]"),
        ("sites = ['goud']", "hasila.toml:1: sites are tables, [sites.NAME]"),
        ("[sites]\ngoud = true", "hasila.toml:2: goud is a table, [sites.goud]"),
        ("\n[sites.gooud]\ndelay = 1", "hasila.toml:2: no site is called 'gooud'; did you mean 'goud'?"),
        (
            "[crawl]\nsites = ['goud', 'bbc']",
            "hasila.toml:2: no site is called 'bbc'; `hasila sites` lists them",
        ),
        ("[sites]\ngoud = {delay = 1, wait = 3}", "hasila.toml:2: [sites.goud] has no key 'wait'"),
        (
            "[mail]\npassword = 'x'",
            "hasila.toml:2: a password does not belong in this file: put it in HASILA_MAIL_",
        ),
        ("[mail]\nhost = 'h'\nto = ['a@b.c']", "hasila.toml:2: mail needs `sender`"),
        ("[mail]\nhost = 'h'\nsender = 'a@b.c'", "hasila.toml:2: mail needs `to`"),
        (
            "[mail]\nhost = 'h'\nsender = 'a@b.c'\nto = ['a@b.c']\nuser = 'u'\nsecurity = 'none'",
            "hasila.toml:6: a password is not sent in the clear",
        ),
        ("[crawl]\nrevisits = ['1d', '1h']", "hasila.toml:2: revisits must go from the shortest"),
        ("[crawl]\ndelay = \n", "hasila.toml:2: is no TOML: Invalid value"),
        ("[crawl]\na = 1\na = 2\n", "hasila.toml:3: is no TOML: Cannot overwrite a value"),
        ("a = [1,\n", "hasila.toml:1: is no TOML: Invalid value"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path, text, problem):
    (found,) = problems(tmp_path, text)
    assert found.startswith(problem)
    assert "\n" not in found


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"HASILA_CRAWL_DELAY": "soon"}, "the environment variable HASILA_CRAWL_DELAY must be a time like"),
        (
            {"HASILA_ARCHIVE_ENABLED": "2"},
            "the environment variable HASILA_ARCHIVE_ENABLED must be true or false",
        ),
        (
            {"HASILA_MAIL_PORT": "x"},
            "the environment variable HASILA_MAIL_PORT must be a whole number from 1",
        ),
        (
            {"HASILA_CRAWL_SITES": "bbc"},
            "the environment variable HASILA_CRAWL_SITES: no site is called 'bbc'",
        ),
        (
            {"HASILA_SITES_GOD_DELAY": "1"},
            "the environment variable HASILA_SITES_GOD_DELAY: no site is called",
        ),
        ({"HASILA_MAIL_HOST": "h"}, "the environment variable HASILA_MAIL_HOST: mail needs `sender`"),
    ],
)
def test_a_mistake_in_the_environment_names_the_variable(tmp_path, environment, problem):
    assert problems(tmp_path, "", environment)[0].startswith(problem)


def test_every_mistake_is_named_at_once(tmp_path):
    assert len(problems(tmp_path, "[crawl]\ndelay = 'x'\nmax_pages = 'x'\n[maill]\n")) == 3


def test_no_message_repeats_what_may_be_secret(tmp_path):
    text = "[notices]\nwebhook = 'hook.example/T0KEN'\n[crawl]\nproxy = 'user:T0KEN@host'\n"
    assert "T0KEN" not in str(problems(tmp_path, text))
    found = read(tmp_path, "[notices]\nwebhook = 'https://hook.example/T0KEN'\n").configuration
    assert "T0KEN" not in repr(found)


def test_a_command_ends_with_the_lines_and_2(tmp_path):
    file = tmp_path / "hasila.toml"
    file.write_text("[crawl]\ndelay = 'x'\nmax_pages = 'x'\n")
    for command in (["status"], ["sites"], ["crawl", "goud"], ["search", "x"], ["db", "check"]):
        run = CliRunner().invoke(main, ["--config", str(file), *command])
        assert run.exit_code == 2, command
        lines = run.stderr.splitlines()
        assert [line.startswith(f"hasila: configuration: {file}:") for line in lines] == [True, True], (
            run.stderr
        )
    run = CliRunner().invoke(main, ["--config", str(tmp_path / "none.toml"), "status"])
    assert run.exit_code == 2
    assert (
        run.stderr == f"hasila: configuration: {tmp_path}/none.toml: no such file; `hasila init` writes one\n"
    )
    for behind in (
        ["status", "--config", f"{tmp_path}/none.toml"],
        ["status", f"--config={tmp_path}/none.toml"],
    ):
        assert CliRunner().invoke(main, behind).stderr == run.stderr
    file.write_bytes(b"\xff")
    assert "is no UTF-8" in CliRunner().invoke(main, ["--config", str(file), "status"]).stderr
    # What needs no configuration does not care.
    assert CliRunner().invoke(main, ["--config", str(file), "init", "-"]).exit_code == 0


def test_db_goes_before_variable_and_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("hasila.toml").write_text("database = 'file.db'\n")

    def named(*arguments: str) -> str:
        (found,) = re.findall(r"(\w+)\.db:", CliRunner().invoke(main, ["status", *arguments]).stderr)
        return found

    assert named() == "file"
    monkeypatch.setenv("HASILA_DATABASE", "variable.db")
    assert named() == "variable"
    assert named("--db", "option.db") == "option"


def test_config_shows_what_is_set_and_where_and_no_secret(tmp_path, monkeypatch):
    file = tmp_path / "hasila.toml"
    file.write_text(
        "[crawl]\nmax_pages = 3\ndelay = '1.5s'\n[notices]\nwebhook = 'https://me:T0KEN@hook.test/T0KEN'\n"
        "[sites.goud]\nenabled = false\n"
    )
    monkeypatch.setenv("HASILA_CRAWL_PROXY", "http://me:T0KEN@proxy.test:3128")
    config = ["--config", str(file), "config"]
    told = CliRunner().invoke(main, [*config, "--json"])
    assert [json.loads(line) for line in told.stdout.splitlines()] == [
        {"setting": name, "value": value, "set_in": origin, "default": False}
        for name, value, origin in (
            ("crawl.max_pages", "3", f"{file}:2"),
            ("crawl.proxy", '"http://proxy.test:3128/…"', "HASILA_CRAWL_PROXY"),
            ("notices.webhook", '"https://hook.test/…"', f"{file}:5"),
            ("sites.goud.enabled", "false", f"{file}:7"),
        )
    ]
    everything = CliRunner().invoke(main, [*config, "--all"]).stdout
    assert "T0KEN" not in told.output + everything
    assert {f"{name}.{each.name}" for name, cls in SECTIONS.items() for each, _ in keys(cls)} - {
        "crawl.relevance_threshold",
        "mail.password_file",
    } <= set(everything.split())
    file.write_text("")
    monkeypatch.undo()
    assert (
        CliRunner().invoke(main, config).stdout == f"{file} is in order; everything is as it is by default.\n"
    )


# What becomes of it


def test_a_site_is_crawled_as_the_configuration_says():
    (spider,) = (spider for spider in site_spiders() if spider.name == "goud")
    assert configured(spider, None) is spider
    site = Site(
        enabled=False,
        delay=timedelta(seconds=5),
        daily_requests=9,
        archive=False,
        browser=True,
        verify_certificates=False,
        least_found=3,
        least_date=0.1,
    )
    own = configured(spider, site)
    assert (own.name, own.enabled, own.__name__) == ("goud", False, spider.__name__)
    assert own.health == replace(spider.health, least_found=3, least_date=0.1)
    settings = project_settings(Configuration())
    own.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 5
    assert settings.getint("HASILA_DAILY_REQUESTS") == 9
    assert settings.getlist("HASILA_BROWSER") == ["goud"]
    assert not settings.getbool("HASILA_KEEP_PAGES")
    assert not settings.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    settings.set("DOWNLOAD_DELAY", 0, priority="cmdline")
    own.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 0
    assert spider.enabled


def test_one_site_may_be_kept_where_others_are_not():
    off = Configuration(archive=Archive(enabled=False))
    assert crawler_settings(off)["HASILA_ARCHIVE"] == ""
    kept = crawler_settings(replace(off, sites={"goud": Site(archive=True)}))
    assert (kept["HASILA_ARCHIVE"], kept["HASILA_KEEP_PAGES"]) == ("archive", False)


def test_the_user_agent_is_that_of_the_operator():
    told = crawler_settings(Configuration(contact="mailto:me@example.org", purpose="thesis on welfare"))
    assert re.fullmatch(
        r"Hasila/\S+ \(thesis on welfare; \+mailto:me@example\.org\)", str(told["USER_AGENT"])
    )


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Flag(), "Yes", True),
        (Number(), "0.5", 0.5),
        (Number(whole=True), "12", 12),
        (Text(), " as it is ", " as it is "),
        (File(), "a/b", Path("a/b")),
        (Choice(("a", "b")), "b", "b"),
        (Duration(), "90", timedelta(seconds=90)),
        (Duration(), "1d 2h", timedelta(hours=26)),
        (Duration(), "1.5s", timedelta(seconds=1.5)),
        (Duration(), "1h30m", timedelta(minutes=90)),
        (Size(), "1.5 KiB", 1536),
        (Size(), "20 GB", 20 * 10**9),
        (Several(Number(whole=True)), "3, 1,3,", (3, 1)),
    ],
)
def test_variables_are_read_by_their_kind(kind, text, value):
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Flag(), "maybe"),
        (Number(), "nan"),
        (Number(), "inf"),
        (Number(whole=True), "1.0"),
        (Text(), "two\nlines"),
        (File(), "a\0b"),
        (Duration(), "-1"),
        (Duration(), "1w"),
        (Duration(), "30m 1h"),
        (Duration(), "1.5h"),
        (Duration(), "1h 30"),
        (Duration(), ""),
        (Size(), "-1"),
        (Size(), "1 G"),
        (Several(Choice(("a",))), "a,b"),
    ],
)
def test_what_is_not_of_a_kind_is_refused(kind, text):
    with pytest.raises(ValueError, match=r"^must "):
        kind.parse(text)
