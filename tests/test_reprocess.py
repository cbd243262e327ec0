"""Reading anew: what changes, what stays, and that it counts as no edit."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from reprocessing_samples import (
    AT,
    HOST,
    OFF_TOPIC,
    SITE,
    contents,
    damage_claims,
    html,
    newspaper,
    older,
    said,
    story,
    url,
)

from crawler.lock import DatabaseLock
from crawler.process import process
from extract.records import Page
from hasila.cli import main
from hasila.reprocessing.passes import Order, preview, reprocess
from hasila.reprocessing.reading import Reader
from hasila.reprocessing.report import Report
from rules import RULESET_VERSION
from store import Store
from store.rereading import Selection
from store.upkeep import check


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four articles, one of them edited, a page about something else and one that is none."""
    folder = tmp_path_factory.mktemp("paper")
    with newspaper(folder / "hasila.db") as paper:
        for number in range(1, 5):
            paper.read(number, html(number, *story(number)))
        paper.read(1, html(1, *story(3)), hours=5)
        paper.read(20, html(20, *OFF_TOPIC, title="فوز المنتخب"))
        paper.read(21, b"<html><body>x</body></html>")
    return folder


@pytest.fixture
def database(printed: Path, tmp_path: Path) -> Path:
    shutil.copytree(printed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "hasila.db"


def order(database: Path, *, archive: bool = True, **chosen: object) -> Order:
    folder = database.parent / "archive" if archive else None
    selection = Selection(ruleset=RULESET_VERSION, **chosen)  # type: ignore[arg-type]
    return Order(chosen=selection, reader=Reader(folder, {}), threshold=1.0)


def again(database: Path, **chosen: object) -> Report:
    state, report = reprocess(database, order(database, **chosen))  # type: ignore[arg-type]
    assert state == "done"
    with Store.open(database) as store:
        assert list(check(store, archive=database.parent / "archive")) == []
    return report


def hasila(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def rows(database: Path, sql: str) -> list[dict[str, object]]:
    with Store.open(database, readonly=True) as store:
        return store.rows(sql)


def test_claims_follow_the_rules_and_the_second_time_nothing_changes(database: Path) -> None:
    before = contents(database)
    older(database)
    damage_claims(database)
    assert said(contents(database)) != said(before)
    report = again(database)
    assert said(contents(database)) == said(before)
    texts = 5
    assert {
        name: report.counts[name] for name in ("gained", "lost", "altered", "articles", "from_archive")
    } == {
        "gained": texts,
        "lost": texts,
        "altered": texts,
        "articles": 4,
        "from_archive": 4,
    }
    for claim, body in _claims(database):
        assert body[claim["start"] : claim["end"]] == claim["text"]
    after = contents(database)
    for everything in (False, True):
        report = again(database, everything=everything)
        assert contents(database) == after
        assert report.counts["articles"] == 4 * everything
        assert report.counts["articles_changed"] == 0


def _claims(database: Path) -> list[tuple[dict[str, int], str]]:
    found = rows(database, "SELECT c.*, r.body FROM claims AS c JOIN revisions AS r ON r.id = c.revision")
    assert len(found) > 20
    return [(row, str(row.pop("body"))) for row in found]  # type: ignore[misc]


def test_what_says_the_same_keeps_its_number(database: Path) -> None:
    older(database)
    damage_claims(database)
    before = {row["id"]: row for row in contents(database)["claims"]}
    again(database)
    after = {row["id"]: row for row in contents(database)["claims"]}
    same = [number for number in before if before[number] == after.get(number)]
    altered = [
        number for number in before if number in after and before[number]["unit"] != after[number]["unit"]
    ]
    assert len(same) > 10
    assert len(altered) == 5
    assert all(before[number]["unit"] == "file" for number in altered)


def test_a_dry_run_says_what_would_change_and_writes_nothing(database: Path) -> None:
    older(database)
    damage_claims(database)
    before, runs = contents(database), rows(database, "SELECT * FROM runs")
    with DatabaseLock(database):  # it may run during a crawl
        state, would = preview(database, order(database))
    assert state == "done"
    assert (contents(database), rows(database, "SELECT * FROM runs")) == (before, runs)
    assert would.counts == again(database).counts


def test_the_samples_show_the_sentence_and_what_differs(database: Path) -> None:
    older(database)
    damage_claims(database)
    done = hasila("reprocess", "--db", database, "--dry-run", "--sample", 2, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    assert (report["dry_run"], report["ruleset"], report["state"]) == (True, RULESET_VERSION, "done")
    assert {sort: len(report["samples"][sort]) for sort in ("gained", "lost", "altered")} == {
        "gained": 2,
        "lost": 2,
        "altered": 2,
    }
    assert report["altered_fields"] == {"unit": 5, "indicator": 5}
    altered = report["samples"]["altered"][0]
    assert altered["text"] == "11 مليون شخص"
    assert "التغطية الصحية" in altered["sentence"]
    assert (altered["before"]["unit"], altered["after"]["unit"]) == ("file", "person")
    assert altered["url"].startswith(f"https://{HOST}/")
    table = hasila("reprocess", "--db", database, "--dry-run", "--sample", 1).stdout
    assert "Claims gained: 1 of 5" in table
    assert "unit: file → person" in table


def test_a_run_is_a_row_with_its_counters(database: Path) -> None:
    older(database)
    again(database, sites=frozenset({SITE}))
    (run,) = rows(database, "SELECT * FROM runs WHERE command = 'reprocess'")
    assert (run["state"], run["ruleset"]) == ("done", RULESET_VERSION)
    counters = json.loads(str(run["counters"]))
    assert (counters["articles"], counters["from_archive"], counters["pages"]) == (4, 4, 2)


# Extraction


def test_a_better_extraction_replaces_the_text_and_is_no_edit(database: Path) -> None:
    before = contents(database)
    history = rows(database, "SELECT * FROM claims_history")
    assert [row["change"] for row in history] == ["raised", "raised"]
    _with_worse_texts(database)
    with Store.open(database, readonly=True) as store:
        assert store.search("محفوظة")
    report = again(database)
    assert {name: report.counts[name] for name in ("bodies", "titles", "dates")} == {
        "bodies": 5,
        "titles": 5,
        "dates": 4,
    }
    after = contents(database)
    for table in ("articles", "claims", "points", "changes", "clusters"):
        assert said(after)[table] == said(before)[table]
    assert after["revisions"] == before["revisions"]
    assert _without_numbers(rows(database, "SELECT * FROM claims_history")) == _without_numbers(history)
    with Store.open(database, readonly=True) as store:
        assert not store.search("محفوظة")
    sample = report.samples["bodies"][0]
    assert sample["after"] == []
    assert "جميع الحقوق محفوظة لسنة 2024 و7 مقالات" in sample["before"]


def _without_numbers(found: list[dict[str, object]]) -> list[dict[str, object]]:
    return [{name: row[name] for name in row if not name.startswith("claim_")} for row in found]


def _with_worse_texts(database: Path) -> None:
    """Everything as if a worse extraction had left the footer in the texts and missed titles and dates."""
    pages = rows(
        database,
        "SELECT p.url, k.* FROM records AS k JOIN revisions AS r ON r.id = k.revision JOIN pages AS p ON p.id = r.page "
        "ORDER BY k.revision",
    )
    database.unlink()
    with newspaper(database, archive=False) as paper:
        for row in pages:
            paper.keep_worse(row, database.parent / "archive")


def test_an_edited_article_is_extracted_as_a_whole_or_not_at_all(database: Path) -> None:
    _with_worse_texts(database)
    with Store.open(database) as store, store.transaction():
        store.db.execute("DELETE FROM records WHERE revision = 1")  # its first text has no page any more
    history = rows(database, "SELECT * FROM claims_history")
    report = again(database)
    assert (report.counts["from_archive"], report.counts["from_text"], report.counts["bodies"]) == (3, 1, 3)
    assert _without_numbers(rows(database, "SELECT * FROM claims_history")) == _without_numbers(history)


def test_an_article_that_would_not_be_stored_today_stays(database: Path) -> None:
    """Its page passes for another thing now: reported, an issue, and the rules read the text."""
    with Store.open(database) as store, store.transaction():
        # The records of two articles are those of the pages that are none.
        for revision, number in ((3, 20), (4, 21)):
            store.db.execute(
                "UPDATE records SET (archive_file, archive_offset, archive_length) = "
                "(SELECT archive_file, archive_offset, archive_length FROM pages WHERE url = ?) WHERE revision = ?",
                (url(number), revision),
            )
    older(database)
    before = contents(database)
    report = again(database)
    assert report.counts["no_longer_article"] == 1
    assert report.counts["off_topic"] == 1
    after = contents(database)
    assert [row["id"] for row in after["articles"]] == [row["id"] for row in before["articles"]]
    assert after["revisions"][3]["body"] == before["revisions"][3]["body"]
    assert [row["kind"] for row in rows(database, "SELECT kind FROM issues")] == ["no_longer_article"]


# Pages that were turned down


@pytest.mark.parametrize("state", ["done", "not_article", "failed"])
def test_a_page_that_was_turned_down_becomes_an_article(database: Path, state: str) -> None:
    with newspaper(database) as paper:
        pointer = paper.archived(30, html(30, *story(5)))
        kind = "listing" if state == "not_article" else None
        paper.store.mark_page(url(30), state, at=AT, kind=kind, reason="x", archive=pointer)  # type: ignore[arg-type]
    _, would = preview(database, order(database))
    report = again(database)
    assert report.counts == would.counts
    assert (report.counts["new_articles"], report.counts["pages"]) == (1, 1)
    (page,) = rows(database, f"SELECT * FROM pages WHERE url = '{url(30)}'")
    assert (page["state"], page["kind"], page["reason"]) == ("done", None, None)
    (article,) = rows(database, f"SELECT * FROM articles WHERE id = {page['article']}")
    assert article["url"] == url(30)
    (record,) = rows(database, f"SELECT * FROM records WHERE revision = {article['latest']}")
    assert record["archive_offset"] == page["archive_offset"]
    assert again(database, everything=True).counts["new_articles"] == 0


def test_what_is_still_none_says_why_and_is_read_once_by_the_same_rules(database: Path) -> None:
    with newspaper(database) as paper:
        pointer = paper.archived(31, html(31, *OFF_TOPIC, title="فوز المنتخب"))
        paper.store.mark_page(url(31), "not_article", at=AT, kind="listing", reason="x", archive=pointer)
    report = again(database)
    assert (report.counts["pages"], report.counts["pages_judged_otherwise"]) == (1, 1)
    (page,) = rows(database, f"SELECT * FROM pages WHERE url = '{url(31)}'")
    assert (page["state"], page["kind"]) == ("done", None)
    assert str(page["reason"]).startswith("off topic: relevance 0.")
    assert again(database).counts["pages"] == 0


# Articles without a page


def test_texts_without_a_page_are_read_by_the_rules(tmp_path: Path) -> None:
    lines = tmp_path / "texts.jsonl"
    facts = {"url": "https://elsewhere.example/1", "title": "الدعم", "published": "2025-09-17"}
    lines.write_text(json.dumps({"text": "\n".join(story(4)), **facts}) + "\n", encoding="utf-8")
    database = tmp_path / "hasila.db"
    assert hasila("import", lines, "--db", database).exit_code == 0
    before = contents(database)
    older(database)
    damage_claims(database)
    done = hasila("reprocess", "--db", database, "--json")
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)["counts"]
    assert (counts["articles"], counts["from_text"], counts["gained"]) == (1, 1, 1)
    assert said(contents(database)) == said(before)


def test_the_rules_alone_leave_the_archive_alone(database: Path) -> None:
    older(database)
    damage_claims(database)
    shutil.rmtree(database.parent / "archive")
    refused = hasila("reprocess", "--db", database)
    assert refused.exit_code == 1
    assert "--rules-only" in refused.stderr
    done = hasila("reprocess", "--db", database, "--rules-only", "--json")
    assert done.exit_code == 0, done.output
    counts = json.loads(done.stdout)["counts"]
    assert (counts["from_text"], counts["pages"], counts["gained"]) == (4, 0, 5)


# What is chosen


def test_a_site_goes_by_its_name_or_its_host_and_days_by_publication(database: Path) -> None:
    older(database)
    for chosen, articles, pages in (
        ({"sites": frozenset({SITE})}, 4, 2),
        ({"hosts": frozenset({HOST})}, 4, 0),
        ({"sites": frozenset({"hespress"})}, 0, 0),
        ({"since": date(2025, 9, 4)}, 2, 2),
        ({"since": date(2025, 9, 18)}, 0, 0),
    ):
        _, report = preview(database, order(database, **chosen))
        assert (report.counts["articles"], report.counts["pages"]) == (articles, pages), chosen


# Broken archives


def test_a_broken_record_costs_its_extraction_only(database: Path) -> None:
    older(database)
    damage_claims(database)
    (file,) = (database.parent / "archive").rglob("*.warc.gz")
    (record,) = rows(database, "SELECT * FROM records WHERE revision = 2")
    data = bytearray(file.read_bytes())
    data[int(str(record["archive_offset"])) + int(str(record["archive_length"])) // 2] ^= 0xFF
    file.write_bytes(data)
    done = hasila("reprocess", "--db", database, "--json")
    assert done.exit_code == 1
    assert "records of the archive are broken" in done.stderr
    counts = json.loads(done.stdout)["counts"]
    assert (counts["articles"], counts["from_archive"], counts["broken_record"], counts["gained"]) == (
        4,
        3,
        1,
        5,
    )
    (issue,) = rows(database, "SELECT kind, url, message FROM issues")
    assert (issue["kind"], issue["url"]) == ("broken_record", url(2))
    assert f"record at byte {record['archive_offset']}" in str(issue["message"])
    assert hasila("reprocess", "--db", database).exit_code == 0  # read once by these rules


def test_a_missing_file_is_one_issue_and_the_rest_is_read(database: Path) -> None:
    with newspaper(database) as paper:
        paper.read(40, html(40, *story(6)), hours=48)
    older(database)
    first = sorted((database.parent / "archive").rglob("*.warc.gz"))[0]
    first.unlink()
    done = hasila("reprocess", "--db", database, "--json")
    assert done.exit_code == 1
    counts = json.loads(done.stdout)["counts"]
    assert (counts["from_archive"], counts["from_text"], counts["missing_archive"]) == (1, 4, 7)
    assert [row["kind"] for row in rows(database, "SELECT kind FROM issues")] == ["missing_archive"]


def test_the_archive_of_another_time_is_not_taken_for_this_one(database: Path) -> None:
    older(database)
    with Store.open(database) as store, store.transaction():
        store.db.execute("UPDATE records SET fetched_at = '2024-01-01T00:00:00Z' WHERE revision = 2")
    before = contents(database)["revisions"]
    _, report = reprocess(database, order(database))
    assert report.counts["other_record"] == 1
    assert [row["body"] for row in contents(database)["revisions"]] == [row["body"] for row in before]


def test_no_pointer_leads_out_of_the_archive(database: Path) -> None:
    older(database)
    shutil.copy(next((database.parent / "archive").rglob("*.warc.gz")), database.parent / "outside.warc.gz")
    with Store.open(database) as store, store.transaction():
        store.db.execute("UPDATE records SET archive_file = '../outside.warc.gz'")
    _, report = preview(database, order(database))
    assert (report.counts["missing_archive"], report.counts["from_archive"]) == (5, 0)


def test_what_makes_the_program_fail_is_named_and_the_rest_read(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(page: Page, **options: object) -> object:
        if page.url == url(2):
            raise ZeroDivisionError("the second one")
        return process(page)

    older(database)
    monkeypatch.setattr("hasila.reprocessing.reading.process", failing)
    done = hasila("reprocess", "--db", database, "--jobs", 1)
    assert done.exit_code == 1
    assert "ZeroDivisionError: the second one" in done.stderr
    (run,) = rows(database, "SELECT state FROM runs WHERE command = 'reprocess'")
    assert run["state"] == "failed"
    assert len(rows(database, f"SELECT 1 FROM revisions WHERE ruleset = '{RULESET_VERSION}'")) == 4
    # Everything was read: the next pass over everything begins at the beginning.
    everything = json.loads(hasila("reprocess", "--db", database, "--all", "--jobs", 1, "--json").stdout)
    assert (everything["resumed"], everything["counts"]["articles"], everything["counts"]["failed"]) == (
        False,
        3,
        1,
    )
    monkeypatch.undo()
    assert again(database, everything=True).counts["articles"] == 4


def test_a_row_that_the_schema_refuses_costs_its_article_only(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(page: Page, **options: object) -> object:
        found = process(page)
        if page.url != url(2):
            return found
        return replace(found, claims=(replace(found.claims[0], qualifier="about"), *found.claims[1:]))

    older(database)
    damage_claims(database)
    before = contents(database)
    monkeypatch.setattr("hasila.reprocessing.reading.process", wrong)
    state, report = reprocess(database, order(database))
    assert (state, report.counts["failed"], report.counts["articles"], report.counts["gained"]) == (
        "failed",
        1,
        3,
        4,
    )
    with Store.open(database) as store:
        assert list(check(store, archive=database.parent / "archive")) == []
        (issue,) = store.rows("SELECT kind, url FROM issues")
    assert issue == {"kind": "crash", "url": url(2)}
    after = contents(database)
    for row in before["claims"]:
        if row["revision"] == 2:
            assert row in after["claims"]
    monkeypatch.undo()
    assert again(database).counts["articles"] == 1


# One at a time


def test_a_crawl_that_runs_is_not_disturbed(database: Path) -> None:
    with DatabaseLock(database):
        done = hasila("reprocess", "--db", database)
    assert done.exit_code == 75
    assert "already running" in done.stderr


def test_no_database(tmp_path: Path) -> None:
    done = hasila("reprocess", "--db", tmp_path / "none.db")
    assert done.exit_code == 1
    assert "there is no database" in done.stderr
    assert list(tmp_path.iterdir()) == []
