"""Forms of a word that a search takes for the same: singular, plural, feminine, from the lexicon of units."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from rules.lexicon import load_entries
from rules.normalise import fold

_ENDING = re.compile(r"(?<=\w{3})(?:ات|ون|ين|ه)$")
_WEAK = re.compile("[اويء]")


def related(form: str) -> frozenset[str]:
    """The other forms of a folded word without an article; empty for a word that the lexicon does not count with."""
    return _families().get(form, frozenset()) - {form}


@cache
def _families() -> Mapping[str, frozenset[str]]:
    """Each form with those of its unit that have its consonants: `أسرة` with `أسر`, not with `عائلة`."""
    families: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry, forms in load_entries():
        if entry.group == "unit" and entry.values["kind"] == "count":
            for form in map(fold, forms):
                if " " not in form:
                    families[entry.name, _consonants(form)].add(form)
    return {form: frozenset(family) for family in families.values() for form in family}


def _consonants(form: str) -> str:
    return _WEAK.sub("", _ENDING.sub("", form))
