"""`hasila extract`: saved pages in, articles and claims out, and into a database."""

import json
import sqlite3

import pytest
from crawler_loopback import SITES, body_of, run, stories_of

from hasila.newsroom.pages import answer

STORY = next(story for story in stories_of("quickpost.test") if story.about_reform)
REPRINT = next(story for story in stories_of("maghress.test") if story.about_reform)


@pytest.fixture
def saved(tmp_path):
    """Two pages of the newsroom, saved as a browser would."""
    files = []
    for story in (STORY, REPRINT):
        host = story.url.split("/")[2]
        file = tmp_path / f"{host}.html"
        file.write_bytes(answer(SITES[host], story.url.removeprefix(f"http://{host}")).body)
        files.append(file)
    return files


def test_html_gives_one_line_a_page_in_the_order_named(saved):
    done = run("hasila", "extract", *saved, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    first, second = map(json.loads, done.stdout.splitlines())
    assert list(first)[:5] == ["path", "url", "title", "author", "published_at"]
    assert {"section", "body", "method", "claims"} <= set(first)
    for page, file, story in ((first, saved[0], STORY), (second, saved[1], REPRINT)):
        assert page["path"] == str(file)
        assert page["title"] == story.title
        assert page["body"] == body_of(story)
        assert page["published_at"].startswith(story.published.date().isoformat())
        assert page["claims"]
        assert all(page["body"][claim["start"] : claim["end"]] == claim["text"] for claim in page["claims"])
    assert second["source_name"] == SITES["maghress.test"].papers[REPRINT.paper]


def test_a_text_dump_is_known_by_its_content(tmp_path):
    menu = "الرئيسية\nسياسة\nمجتمع\nاقتصاد\nرياضة\n\n"
    file = tmp_path / "dump.html"  # the name says nothing
    head = f"{STORY.title}\n{STORY.published:%d/%m/%Y}\n\n"
    file.write_text(menu + head + "\n\n".join(STORY.paragraphs) + "\n\nاترك تعليقاً\nجميع الحقوق محفوظة\n")
    done = run("hasila", "extract", file, "--format", "jsonl")
    assert done.returncode == 0, done.stderr
    page = json.loads(done.stdout)
    assert page["method"] == "text_dump"
    assert page["body"] == body_of(STORY)
    assert page["url"] is None


def test_a_database_takes_each_page_once(tmp_path, saved):
    database = tmp_path / "n.db"
    dump = tmp_path / "dump.txt"
    dump.write_text(f"{STORY.title}\n\n" + "\n\n".join(STORY.paragraphs))
    for _ in range(2):
        done = run("hasila", "extract", *saved, dump, "--db", database)
        assert done.returncode == 0, done.stderr
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT count(*) FROM articles").fetchone() == (3,)
    assert connection.execute("SELECT count(*) FROM revisions").fetchone() == (3,)
    assert connection.execute("SELECT count(*) FROM claims").fetchone()[0] > 10
    assert connection.execute("SELECT command, state FROM runs").fetchall() == [("extract", "done")] * 2
    assert json.loads(connection.execute("SELECT counters FROM runs WHERE id = 2").fetchone()[0]) == {
        "read": 3,
        "unchanged": 3,
    }
    connection.close()


def test_the_url_says_where_one_page_is_from(tmp_path):
    page = tmp_path / "page.html"
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in STORY.paragraphs)
    page.write_text(
        f"<html lang=ar><body class=single><article><h1>{STORY.title}</h1>{paragraphs}</article></body></html>"
    )
    done = run(
        "hasila", "extract", page, "--url", "https://example.test/a/?utm_source=x", "--format", "jsonl"
    )
    assert json.loads(done.stdout)["url"] == "https://example.test/a/"
    assert run("hasila", "extract", page, page, "--url", "https://example.test/").returncode == 2


def test_bad_input_is_one_line_each_and_the_rest_is_read(tmp_path, saved):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.html").touch()
    (tmp_path / "picture.html").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "huge.html").write_bytes(b"<p>" * (2 * 1024 * 1024))
    (tmp_path / "listing.html").write_text("<html><body><p>لا شيء</p></body></html>")
    bad = ["missing.html", "folder", "empty.html", "picture.html", "huge.html", "listing.html"]
    done = run("hasila", "extract", *(tmp_path / name for name in bad), *saved, "--format", "jsonl")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    named = done.stderr.splitlines()
    assert len(named) == len(bad)
    for name, line in zip(bad, named, strict=True):
        assert name in line
    assert "Traceback" not in done.stderr


def test_a_database_that_is_none_is_named(tmp_path, saved):
    letter = tmp_path / "letter.db"
    letter.write_text("dear database " * 100)
    for database in (letter, tmp_path / "no" / "folder.db", tmp_path):
        done = run("hasila", "extract", *saved, "--db", database)
        assert done.returncode == 1
        assert len(done.stderr.splitlines()) == 1
    assert letter.read_text().startswith("dear")


def test_an_unknown_encoding_is_a_usage_error(saved):
    assert run("hasila", "extract", *saved, "--charset", "klingon").returncode == 2


def test_a_table_for_people(saved):
    done = run("hasila", "extract", *saved, "--format", "table")
    assert done.returncode == 0
    assert STORY.title in done.stdout
