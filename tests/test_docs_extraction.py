"""docs/extraction.md is followed step by step on a copy of the extraction."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from extract.themes import ThemeError, parse_theme

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")
_READ = """
import json, sys
from extract import extract_page
from extract.records import Page
from extract.themes import themes
found = extract_page(Page(body=sys.stdin.buffer.read(), url=""))
print(json.dumps([found.method, found.theme, found.title, found.author, str(found.published_at)[:10], found.body]))
"""


def block(language: str) -> str:
    match = re.search(rf"^( *)```{language}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    assert match is not None
    return "\n".join(line.removeprefix(match[1]) for line in match[2].splitlines()) + "\n"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the extraction to which somebody adds a theme."""
    shutil.copytree(ROOT / "extract", tmp_path / "extract", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def read(copy: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _READ], cwd=copy, capture_output=True, check=True, input=block("html").encode()
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_a_theme_added_reads_the_page(copy: Path) -> None:
    assert read(copy)[:2] == ["stripper", None]
    (copy / "extract" / "themes" / "qalam.toml").write_text(block("toml"), encoding="utf-8")
    *facts, body = read(copy)
    assert facts == ["theme", "qalam", "افتتاح مركز صحي", "سعاد", "2025-03-03"]
    assert len(body.split("\n")) == 2
    assert "إقرأ" not in body


def test_a_broken_theme_gives_the_message_of_the_page() -> None:
    broken = re.sub(r"^drop", "boddy", block("toml"), flags=re.MULTILINE)
    with pytest.raises(ThemeError) as error:
        parse_theme("qalam", broken)
    assert str(error.value) == block("text").strip()


NAMED = sorted(set(re.findall(r"`((?:extract|tests|bench)/[\w/]+(?:\.\w+)?)/?`", PAGE)))


@pytest.mark.parametrize("name", [name for name in NAMED if "NAME" not in name])
def test_what_the_page_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()
