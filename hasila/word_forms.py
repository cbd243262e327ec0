"""Forms of a word that a search takes for the same: singular, plural, feminine, from the lexicon of units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from rules.lexicon import load_entries
from rules.normalise import fold

_ENDING = re.compile(r"(?<=\w{2})(?:ات|ون|ين|ه)$")
_WEAK = re.compile("[اويء]")
_DOUBLED = re.compile(r"(.)\1")
_IRREGULAR = (
    {"امراه", "مراه", "نساء", "نسوه"},
    {"بلد", "بلدان"},
    {"برنامج", "برامج"},
    {"صوت", "اصوات"},
)
"""Folded words of which the consonants do not tell that they are one; `المرأة` loses a letter to its article."""


def related(form: str) -> frozenset[str]:
    """The other forms of a folded word without an article; empty for a word that the lexicon has no unit for."""
    return _families().get(form, frozenset()) - {form}


@cache
def _families() -> Mapping[str, frozenset[str]]:
    """Each form with those of its unit that have its consonants: `أسرة` with `أسر`, not with `عائلة`."""
    families: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry, forms in load_entries():
        if entry.group == "unit":
            for form in map(fold, forms):
                if " " not in form:
                    families[entry.name, _consonants(form)].add(form)
    found = {form: frozenset(family) for family in families.values() for form in family}
    for words in _IRREGULAR:
        whole = frozenset(words).union(*(found.get(word, ()) for word in words))
        found |= dict.fromkeys(whole, whole)
    return found


def _consonants(form: str) -> str:
    """What the forms of a word have in common: `طبيب` and `أطباء` are طب."""
    return _DOUBLED.sub(r"\1", _WEAK.sub("", _ENDING.sub("", form)))
