"""`hasila import`: articles from elsewhere, read by the same rules."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hasila.cli import main
from rules import extract_claims
from store import Store

TEXT = "بلغ عدد الأسر المستفيدة من الدعم الاجتماعي المباشر 4 ملايين أسرة إلى غاية أمس.\nوصرفت 44 مليار درهم."
LINE = {
    "url": "https://www.akhbar.example/a?utm_source=x",
    "title": " حصيلة\nالدعم ",
    "published": "2025-09-17T12:00:00+01:00",
    "text": TEXT,
}


def import_(path: Path | str, database: Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["import", str(path), "--db", str(database)], input=stdin)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hasila.db"


def write(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text("".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines), encoding="utf-8")
    return path


def test_an_article_with_the_claims_that_the_rules_find(tmp_path: Path, database: Path) -> None:
    result = import_(write(tmp_path, LINE), database)
    assert (result.exit_code, result.stderr) == (0, "")
    with Store.open(database, readonly=True) as store:
        (row,) = store.rows("SELECT * FROM articles")
        assert (row["canonical"], row["site"], row["title"], row["published_at"]) == (
            "https://www.akhbar.example/a",
            "akhbar.example",
            "حصيلة الدعم",
            "2025-09-17T11:00:00Z",
        )
        expected = extract_claims(TEXT, title="حصيلة الدعم", published=date(2025, 9, 17))
        stored = store.rows("SELECT text, value, indicator FROM claims ORDER BY start")
        assert [tuple(each.values()) for each in stored] == [(c.text, c.value, c.indicator) for c in expected]
        assert len(expected) >= 2
        assert store.rows("SELECT command, state FROM runs") == [{"command": "import", "state": "done"}]


def test_reading_it_again_changes_nothing(tmp_path: Path, database: Path) -> None:
    path = write(tmp_path, LINE, {"text": TEXT}, {"text": TEXT})
    os.utime(path, (1_750_000_000, 1_750_000_000))
    for _ in range(2):
        assert import_(path, database).exit_code == 0
    with Store.open(database, readonly=True) as store:
        assert store.rows("SELECT count(*) AS n FROM revisions") == [{"n": 2}]
        assert store.rows("SELECT DISTINCT read_at FROM revisions") == [{"read_at": "2025-06-15T15:06:40Z"}]
        (last,) = store.rows("SELECT counters FROM runs ORDER BY id DESC LIMIT 1")
        assert json.loads(last["counters"]) == {"read": 3, "unchanged": 3}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "is no JSON"),
        (b"[]", "is no JSON object"),
        (b"[" * 100_000, "is no JSON"),
        (b'"\xff"', "is no UTF-8"),
        (b"{}", '"text" is missing'),
        (b'{"text": " \\n "}', '"text" is missing'),
        (b'{"text": 5}', '"text" is no string'),
        (b'{"text": "a", "title": []}', '"title" is no string'),
        (b'{"text": "a", "url": "ftp://a.example/1"}', '"url" is no address of the web'),
        (b'{"text": "a", "url": "http://[::1"}', '"url" is no address'),
        (b'{"text": "a", "url": "/relative"}', '"url" is no address of the web'),
        (b'{"text": "\\ud800"}', '"text" is no Unicode'),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(
    tmp_path: Path, database: Path, line: bytes, reason: str
) -> None:
    good = json.dumps(LINE).encode()
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + good + b"\n\n" + line + b"\n" + json.dumps({"text": TEXT}).encode())
    result = import_(path, database)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "in.jsonl: line 3: " in result.stderr
    assert reason in result.stderr
    assert result.stdout.startswith("2 articles with ")


def test_a_date_that_is_none_is_told(tmp_path: Path, database: Path) -> None:
    result = import_(write(tmp_path, LINE | {"published": "soon"}), database)
    assert result.exit_code == 0
    assert "line 1: date not understood, read without it: soon" in result.stderr
    with Store.open(database, readonly=True) as store:
        assert store.rows("SELECT published_at, published_raw FROM articles") == [
            {"published_at": None, "published_raw": "soon"}
        ]


def test_standard_input(database: Path) -> None:
    result = import_("-", database, stdin=json.dumps(LINE).encode())
    assert result.exit_code == 0
    assert result.stdout.startswith("1 articles with ")


def test_an_export_comes_back(tmp_path: Path, database: Path) -> None:
    """What another database holds, as JSON lines of its articles."""
    import_(write(tmp_path, LINE), database)
    with Store.open(database, readonly=True) as store:
        rows = store.rows(
            "SELECT a.url, a.title, a.published_at AS published, r.body AS text "
            "FROM articles AS a JOIN revisions AS r ON r.id = a.latest"
        )
        claims = "SELECT start, value, indicator, when_end, sentence_start FROM claims ORDER BY start"
        before = store.rows(claims)
    other = tmp_path / "other.db"
    assert import_(write(tmp_path, *rows), other).exit_code == 0
    with Store.open(other, readonly=True) as store:
        assert store.rows(claims) == before


@pytest.mark.parametrize("content", [None, b"", b"\n \n"])
def test_no_file_and_an_empty_one(tmp_path: Path, database: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "in.jsonl").write_bytes(content)
    result = import_(tmp_path / "in.jsonl", database)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_a_database_that_stays_locked_is_tried_again_later(
    tmp_path: Path, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, LINE)
    Store.open(database).close()
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("hasila.file_run.Store.open", partial(Store.open, timeout=0.05))
    result = import_(path, database)
    assert result.exit_code == 75
    assert "is locked by another program" in result.stderr
    assert result.stderr.count("\n") == 1
    other.execute("ROLLBACK")
    other.close()
    assert import_(path, database).exit_code == 0


@pytest.mark.parametrize("fault", ["corrupt", "foreign", "newer", "missing folder"])
def test_a_database_that_cannot_be_used_is_one_line(tmp_path: Path, fault: str) -> None:
    database = tmp_path / ("none/a.db" if fault == "missing folder" else "a.db")
    match fault:
        case "corrupt":
            database.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
        case "foreign" | "newer":
            if fault == "newer":
                Store.open(database).close()
            other = sqlite3.connect(database, isolation_level=None)
            other.execute("PRAGMA user_version = 99")
            other.close()
    before = database.read_bytes() if database.exists() else None
    result = import_(write(tmp_path, LINE), database)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(database) in result.stderr
    assert (database.read_bytes() if database.exists() else None) == before
