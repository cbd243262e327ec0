"""Every leaf of the lexicon lives: each alternative of each form is found as its own entry in a carrier sentence.

`tests/fixtures/corpus/carriers.toml` has a sentence a group, with `{}` where the words of the lexicon go, and what must
come of it. A group without a carrier of its own takes the one called `any`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rules import extract_claims
from rules.document import Document
from rules.engine import find_mentions
from rules.lexicon import Entry, load_entries
from rules.normalise import fold
from rules.words import CLASSES

ROOT = Path(__file__).parent.parent
CORPUS = ROOT / "tests" / "fixtures" / "corpus"
CARRIERS: dict[str, dict[str, Any]] = tomllib.loads((CORPUS / "carriers.toml").read_text(encoding="utf-8"))
ENTRIES = list(load_entries())
_IDS = re.compile(
    r'"((?:anchoring|change|date|indicator|modality|numeral|quantity|rate|source)\.(?!toml)[a-z_]+)"'
)


def _phrases(form: str) -> Iterator[str]:
    """A phrase for every alternative of a form, the other words in their first alternative."""
    words = [part.split("/") for part in form.split()]
    for place, choices in enumerate(words):
        for choice in choices if place == 0 or len(choices) > 1 else ():
            chosen = [options[0] for options in words]
            chosen[place] = choice
            yield " ".join(word.removeprefix("=") for word in chosen)


def _groups() -> dict[str, list[tuple[Entry, str]]]:
    found: dict[str, list[tuple[Entry, str]]] = {}
    for entry, forms in ENTRIES:
        for form in forms:
            found.setdefault(entry.group, []).extend((entry, phrase) for phrase in _phrases(form))
    return found


GROUPS = _groups()


def _seen(text: str, entry: Entry, phrase: str) -> bool:
    """Whether `entry` was found in `text` at `phrase`."""
    doc = Document(text)
    wanted = fold(phrase).split()
    for index in range(len(doc)):
        word = doc.words[index]
        if entry.group in CLASSES and word.form == wanted[0] and entry.group in word.classes:
            return True
        if (
            entry.group == "numeral"
            and word.numeral is not None
            and word.numeral.id == entry.id
            and word.form == wanted[0]
        ):
            return True
        if any(
            hit.entry.id == entry.id and fold(doc.slice(hit.start, hit.end)).split() == wanted
            for hit in doc.hits_at(index)
        ):
            return True
    return False


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(entry.id for entry, _ in ENTRIES).items() if count > 1] == []


@pytest.mark.parametrize("group", sorted(GROUPS))
def test_every_alternative_is_found_as_its_own_entry(group: str) -> None:
    carrier = CARRIERS.get(group, CARRIERS["any"])["text"]
    dead = [
        f"{entry.id}: {phrase}"
        for entry, phrase in GROUPS[group]
        if not _seen(carrier.replace("{}", phrase), entry, phrase)
    ]
    assert dead == []


@pytest.mark.parametrize("group", sorted(group for group, carrier in CARRIERS.items() if "claim" in carrier))
def test_every_alternative_makes_its_claim(group: str) -> None:
    carrier = CARRIERS[group]
    wrong = []
    for entry, phrase in GROUPS[group]:
        if entry.name in carrier.get("but", ()):
            continue
        text = carrier["text"].replace("{}", phrase)
        values = {"name": entry.name, **entry.values}
        wanted = {
            key: values.get(value[1:], value) if str(value).startswith("$") else value
            for key, value in carrier["claim"].items()
        }
        found = [{key: getattr(claim, key) for key in wanted} for claim in extract_claims(text)]
        if wanted not in found:
            wrong.append(f"{text} → {found}")
    assert wrong == []


def _examples() -> Iterator[dict[str, Any]]:
    for path in sorted(CORPUS.rglob("*.toml")):
        if path.name != "carriers.toml":
            yield from tomllib.loads(path.read_text(encoding="utf-8"))["example"]


def test_every_rule_fires_in_an_example() -> None:
    named = {
        name
        for path in (ROOT / "rules").glob("*.py")
        for name in _IDS.findall(path.read_text(encoding="utf-8"))
    }
    fired = {
        rule
        for example in _examples()
        for mention in find_mentions(
            Document(example["text"], example.get("published")), example.get("title", "")
        )
        for rule in mention.rules
    }
    assert sorted(named - fired) == []


def test_the_corpus_is_large_enough() -> None:
    assert sum(1 for _ in _examples()) >= 600
