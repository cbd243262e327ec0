"""The language as data: TOML files beside this module, validated as they are read.

Three kinds of files:

- `numerals.toml`: `[[numeral]]` with `value`, `class` and `forms`;
- `units.toml`: `[[unit]]` with `slug`, `kind`, `forms` and, where the unit is a part of another, `factor`;
- every other file: cues, one table a cue (`[qualifier.approx]`), with `forms` and what else its reader expects.

A form is one or more words as newsrooms write them (spelling variants that `normalise.fold` folds need not be
listed). `a/b` in a form stands for either word, `=word` for the word without prefixed letters.
"""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.normalise import fold

FOLDER = Path(__file__).parent
NUMERAL_CLASSES = ("unit", "ten", "teen_ten", "tens", "hundred", "scale", "fraction", "share", "point")
UNIT_KINDS = ("count", "money", "percent", "duration", "measure")


class LexiconError(Exception):
    """A lexicon file is broken; the message names the file, the line and the key."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One entry of the lexicon: what a phrase means."""

    group: str
    """What kind of cue: `unit`, `numeral`, `month`, `qualifier` …"""
    name: str
    """Which one: `person`, `approx` …"""
    values: Mapping[str, Any]
    """The other keys of its table."""

    @property
    def id(self) -> str:
        """`group.name`, unique in the lexicon."""
        return f"{self.group}.{self.name}"


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """A phrase as a sequence of words, each a set of alternatives."""

    words: tuple[tuple[str, ...], ...]
    """Folded; a word that starts with `=` must stand without prefixed letters."""
    entry: Entry
    form: str
    """As the file has it."""


def _line_of(path: Path, needle: str) -> int:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if needle in line:
            return number
    return 1


def _fail(path: Path, needle: str, message: str) -> LexiconError:
    return LexiconError(f"{path}:{_line_of(path, needle)}: {message}")


def read_table(path: Path) -> dict[str, Any]:
    """The parsed TOML file.

    Raises:
        LexiconError: the file is no TOML; the message has the line.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{path}: {error}") from None


def _forms(path: Path, key: str, table: Mapping[str, Any]) -> list[str]:
    forms = table.get("forms")
    if not isinstance(forms, list) or not forms or not all(isinstance(form, str) for form in forms):
        raise _fail(path, key, f"{key}: `forms` must be a list of strings, and not empty")
    for form in forms:
        if not form.strip():
            raise _fail(path, key, f"{key}: an empty form")
    return forms


def pattern(form: str, entry: Entry) -> Pattern:
    """The phrase of one form."""
    words = tuple(tuple(fold(word) for word in part.split("/")) for part in form.split())
    return Pattern(words, entry, form)


def _numerals(path: Path) -> Iterator[tuple[Entry, list[str]]]:
    for row in read_table(path).get("numeral", []):
        name = f"{row.get('class')}_{row.get('value')}"
        name += {"maybe": "_or_dual", "yes": "_dual"}.get(
            str(row.get("dual")), "_plural" if row.get("plural") else ""
        )
        if row.get("class") not in NUMERAL_CLASSES or not isinstance(row.get("value"), int | float):
            raise _fail(path, str(row.get("forms", [""])[0]), f"{name}: `class` or `value` is not known")
        yield Entry("numeral", name, row), _forms(path, name, row)


def _units(path: Path) -> Iterator[tuple[Entry, list[str]]]:
    for row in read_table(path).get("unit", []):
        slug = str(row.get("slug"))
        if row.get("kind") not in UNIT_KINDS:
            raise _fail(path, f'"{slug}"', f"{slug}: `kind` must be one of {', '.join(UNIT_KINDS)}")
        forms = _forms(path, slug, row)
        name = slug if row.get("factor", 1) == 1 else f"{slug}_part"
        # The accusative of a one-word form (شخصا) is understood, so that nobody has to list it.
        yield (
            Entry("unit", name, row),
            [*forms, *(form + "ا" for form in forms if row["kind"] != "measure" and _takes_tanwin(form))],
        )


def _takes_tanwin(form: str) -> bool:
    return (
        " " not in form
        and len(form) > 2  # كما is no accusative of كم
        and "ء" <= fold(form)[0] <= "ي"
        and not fold(form).endswith(("ا", "ه", "ي", "ات", "ون", "ين"))
    )


def _cues(path: Path) -> Iterator[tuple[Entry, list[str]]]:
    for group, tables in read_table(path).items():
        for name, table in tables.items():
            if not isinstance(table, dict):
                raise _fail(path, name, f"{group}.{name}: a cue is a table, `[{group}.{name}]` with `forms`")
            yield Entry(group, name, table), _forms(path, f"{group}.{name}", table)


def load_entries(folder: Path = FOLDER) -> Iterator[tuple[Entry, list[str]]]:
    """Every entry of every file with its forms as written.

    Raises:
        LexiconError: a file is broken.
    """
    readers = {"numerals.toml": _numerals, "units.toml": _units}
    for path in sorted(folder.glob("*.toml")):
        if path.name not in NOT_PHRASES:
            yield from readers.get(path.name, _cues)(path)


NOT_PHRASES = ("topic.toml", "indicators.toml")
"""Files with readers of their own."""


def load_patterns(folder: Path = FOLDER) -> dict[str, tuple[Pattern, ...]]:
    """First word → the phrases that begin with it, longest first.

    Raises:
        LexiconError: a file is broken.
    """
    index: dict[str, list[Pattern]] = {}
    for entry, forms in load_entries(folder):
        for form in forms:
            made = pattern(form, entry)
            for first in made.words[0]:
                index.setdefault(first, []).append(made)
    return {
        first: tuple(sorted(found, key=lambda made: -len(made.words)))
        for first, found in sorted(index.items(), key=lambda item: item[0])
    }


def alternatives(form: str) -> list[str]:
    """Every single phrase that a form with `a/b` stands for."""
    return [" ".join(words) for words in itertools.product(*(part.split("/") for part in form.split()))]
