"""docs/rules.md is followed step by step on a copy of the rules."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from rules.lexicon import LexiconError, load_patterns

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^( *)```toml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_READ = """
import json, sys
from rules import extract_claims
print(json.dumps([[c.text, c.kind, c.value, c.unit] for c in extract_claims(sys.argv[1])], ensure_ascii=False))
"""


def _blocks() -> list[str]:
    return [
        "\n".join(line.removeprefix(indent) for line in body.splitlines())
        for indent, body in _BLOCK.findall(PAGE)
    ]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the rules that a linguist edits."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def _claims(copy: Path, text: str) -> list[list[object]]:
    done = subprocess.run([sys.executable, "-c", _READ, text], cwd=copy, capture_output=True, check=True)
    found: list[list[object]] = json.loads(done.stdout)
    return found


def test_a_word_added_to_a_unit_is_read(copy: Path) -> None:
    example = next(tomllib.loads(block) for block in _blocks() if "[[example]]" in block)["example"][0]
    want = example["claims"][0]
    wanted = [[want["text"], want["kind"], want["value"], want["unit"]]]
    assert _claims(copy, example["text"]) != wanted
    units = copy / "rules" / "lexicon" / "units.toml"
    lines = units.read_text(encoding="utf-8").splitlines()
    place = lines.index(f'slug = "{want["unit"]}"')
    forms = next(index for index in range(place, place + 4) if lines[index].startswith("forms = ["))
    lines[forms] = lines[forms].replace("forms = [", f'forms = ["{want["text"].split()[-1]}", ', 1)
    units.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert _claims(copy, example["text"]) == wanted


def test_a_unit_added_is_read(copy: Path) -> None:
    block = next(block for block in _blocks() if "[[unit]]" in block)
    unit = tomllib.loads(block)["unit"][0]
    with (copy / "rules" / "lexicon" / "units.toml").open("a", encoding="utf-8") as units:
        units.write("\n" + block + "\n")
    text = f"افتتحت الوزارة 12 {unit['forms'][0]} جديدة."
    assert _claims(copy, text) == [[f"12 {unit['forms'][0]}", unit["kind"], 12.0, unit["slug"]]]


def test_a_broken_file_is_named_with_line_and_key(copy: Path) -> None:
    lexicon = copy / "rules" / "lexicon"
    units = lexicon / "units.toml"
    text = units.read_text(encoding="utf-8")
    broken = re.sub(
        r'(slug = "household"\nkind = "count"\n)forms = \[.*?\]', r"\1forms = []", text, flags=re.DOTALL
    )
    units.write_text(broken, encoding="utf-8")
    line = broken.splitlines().index('slug = "household"') + 1
    with pytest.raises(LexiconError, match=rf"units\.toml:{line}: household: `forms` must be a list"):
        load_patterns(lexicon)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:rules|tests)/[\w/]+(?:\.\w+)?)/?`", PAGE))))
def test_what_the_page_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()
