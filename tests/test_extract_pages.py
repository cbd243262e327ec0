"""Every page under `fixtures/pages` gives what the JSON beside it says.

A new page needs no test code: put `NAME.html` (or `NAME.txt` for a text dump) into the folder of its theme and run
this test; it writes `NAME.json` and fails until that file has been reviewed and committed.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from extract import extract_page, extract_text_dump
from extract.records import Article, Extraction, Method, Page

FOLDER = Path(__file__).parent / "fixtures" / "pages"
PAGES = sorted(path for path in FOLDER.rglob("*") if path.suffix in {".html", ".txt"})
THEMED = [
    path
    for path in PAGES
    if path.with_suffix(".json").exists()
    and json.loads(path.with_suffix(".json").read_text("utf-8")).get("theme")
]
FETCHED_AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
FIELDS = ("title", "author", "section", "source_name", "theme", "language", "canonical", "published_raw")


def as_json(result: Extraction) -> dict[str, Any]:
    if not isinstance(result, Article):
        return {"kind": result.kind.value}
    fields: dict[str, Any] = {name: getattr(result, name) for name in FIELDS}
    fields["method"] = result.method.value
    fields["published_at"] = result.published_at.isoformat() if result.published_at else None
    fields["modified_at"] = result.modified_at.isoformat() if result.modified_at else None
    fields["body"] = result.body.split("\n")
    return {name: value for name, value in fields.items() if value not in (None, "")}


def read(path: Path) -> Extraction:
    if path.suffix == ".txt":
        return extract_text_dump(path.read_text("utf-8"))
    url = f"https://{path.parent.name}.example/{path.stem}"
    return extract_page(Page(body=path.read_bytes(), url=url, fetched_at=FETCHED_AT))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_gives_its_expectation(path: Path) -> None:
    found = as_json(read(path))
    expectation = path.with_suffix(".json")
    if not expectation.exists():
        expectation.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
        pytest.fail(f"wrote {expectation.name}: review it, then commit")
    assert found == json.loads(expectation.read_text("utf-8"))


@pytest.mark.parametrize("path", THEMED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_stripper_alone_finds_the_same_body(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text("utf-8"))
    result = extract_page(Page(body=path.read_bytes(), url=""), methods={Method.STRIPPER})
    assert isinstance(result, Article)
    assert result.body.split("\n") == expected["body"]


def test_no_expectation_without_its_page() -> None:
    pages = {path.with_suffix(".json") for path in PAGES}
    assert pages
    assert set(FOLDER.rglob("*.json")) == pages
