"""`hasila extract --explain`: how a page was read, for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawler.archive import Archive, Exchange
from hasila.commands.extract import command

FOLDER = Path(__file__).parent / "fixtures" / "pages"


def explain(*arguments: object) -> Result:
    return CliRunner().invoke(command, [*map(str, arguments), "--explain"])


def test_method_reasons_and_blocks_are_shown() -> None:
    done = explain(FOLDER / "generic" / "lead_outside.html")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("stripper: ")
    assert lines[1] == "read as utf-8"
    assert any(line.split() == ["theme", "not", "tried", "no", "theme", "recognised"] for line in lines)
    assert any(line.startswith("stripper") and " taken " in line for line in lines)
    assert any(line.startswith("kept ") for line in lines)
    assert any(line.startswith("dropped ") and " title " in line for line in lines)


def test_arabic_stands_alone_at_the_right() -> None:
    done = explain(FOLDER / "generic" / "br_separated.html")
    kept = [line for line in done.stdout.splitlines() if line.startswith("kept ")]
    assert kept
    assert all(len(line) == 110 and line.rstrip() == line for line in kept)


def test_a_page_without_an_article_says_what_it_is() -> None:
    done = explain(FOLDER / "kinds" / "listing_home.html")
    assert done.exit_code == 0
    assert done.stdout.startswith("no article (listing): ")


def test_charset_and_url_are_taken(tmp_path: Path) -> None:
    text = "خصصت الحكومة غلافا ماليا قدره 10 ملايير درهم لدعم الأسر المعوزة في العالم القروي هذه السنة."
    page = tmp_path / "page.html"
    page.write_bytes(f"<html><body><h1>خبر</h1><p>{text}</p><p>{text[::-1]}.</p>".encode("iso8859_6"))
    assert (
        "read as iso8859-6" in explain(page, "--charset", "iso-8859-6", "--url", "https://a.example/b").stdout
    )
    assert explain(page, page, "--url", "https://a.example/b").exit_code == 2
    assert explain(page, "--charset", "klingon").exit_code == 2


@pytest.mark.parametrize("option", [("--format", "jsonl"), ("--db", "x.db")])
def test_an_explanation_is_no_data(option: tuple[str, str]) -> None:
    assert explain(FOLDER / "generic" / "br_separated.html", *option).exit_code == 2


def test_an_archive_and_a_missing_file_are_named(tmp_path: Path) -> None:
    archive = tmp_path / "pages.warc"
    archive.write_bytes(b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n")
    done = explain(archive, tmp_path / "missing.html")
    assert done.exit_code == 1
    assert "is an archive" in done.stderr
    assert "missing.html" in done.stderr


@pytest.fixture
def archived(tmp_path: Path) -> tuple[Path, list[int]]:
    """An archive of two pages, and where their records begin."""
    archive = Archive(tmp_path, about={})
    offsets = []
    for number, name in enumerate(("lead_outside", "br_separated")):
        pointer = archive.write(
            "akhbar",
            Exchange(
                url=f"https://akhbar.example/{number}",
                method="GET",
                request_headers=[],
                status=200,
                headers=[("Content-Type", "text/html; charset=utf-8")],
                payload=(FOLDER / "generic" / f"{name}.html").read_bytes(),
                at=datetime(2026, 1, 1, tzinfo=UTC),
            ),
        )
        assert pointer
        offsets.append(pointer.offset)
    archive.close()
    return tmp_path / pointer.file, offsets


def test_one_record_of_an_archive_is_read_and_explained(archived: tuple[Path, list[int]]) -> None:
    path, offsets = archived
    for number, offset in enumerate(offsets):
        done = CliRunner().invoke(command, [str(path), "--offset", str(offset), "--format", "jsonl"])
        (line,) = map(json.loads, done.stdout.splitlines())
        assert line["url"] == f"https://akhbar.example/{number}"
        assert explain(path, "--offset", offset).stdout.startswith("stripper: ")
    assert len(CliRunner().invoke(command, [str(path), "--format", "jsonl"]).stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("offset", "reason"), [(1, "no record begins there"), (10**9, "no record begins there")]
)
def test_an_offset_that_is_none_is_named(archived: tuple[Path, list[int]], offset: int, reason: str) -> None:
    done = explain(archived[0], "--offset", offset)
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"record at byte {offset}: {reason}" in done.stderr


def test_an_offset_is_for_one_archive(archived: tuple[Path, list[int]]) -> None:
    page = FOLDER / "generic" / "br_separated.html"
    assert "is no archive" in explain(page, "--offset", 0).stderr
    assert explain(archived[0], archived[0], "--offset", 0).exit_code == 2
    assert "holds no page" in explain(archived[0], "--offset", 0).stderr, "the description of the file"


def test_a_page_is_read_with_the_selectors_of_a_site(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    text = "خصصت الحكومة غلافا ماليا قدره 10 ملايير درهم لدعم الأسر المعوزة في العالم القروي هذه السنة. " * 3
    page.write_text(f"<html><body><h1>خبر اليوم</h1><p>{text}</p><p>{text}</p>", encoding="utf-8")
    done = explain(page, "--site", "barlamane")
    assert any(line.startswith("site ") and "not tried" not in line for line in done.stdout.splitlines())
    plain = explain(page)
    assert any(line.split()[:3] == ["site", "not", "tried"] for line in plain.stdout.splitlines())
    assert explain(page, "--site", "nosuchsite").exit_code == 2
