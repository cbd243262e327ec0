"""The phrases of `phrases.toml`, ready to be asked: what a line of furniture is, how much of a line is grammar."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from extract.characters import key


class Furniture(StrEnum):
    """What a line that belongs to no article does on the page."""

    ENDS = "ends"  # after it comes another thing: comments, neighbours, imprint
    INLINE = "inline"  # an invitation to read another article, inside this one
    CHROME = "chrome"  # a button, a notice, a follow-us line


MAX_PHRASE_WORDS = 30
"""Longer lines are text, whatever they begin with."""

_DATA = tomllib.loads(Path(__file__).with_name("phrases.toml").read_text("utf-8"))


def _words(text: str) -> str:
    return " ".join(r"\d+" if word == "#" else re.escape(key(word)) for word in text.split())


def _compile(phrases: Iterable[str]) -> tuple[frozenset[str], re.Pattern[str]]:
    """Split phrases into whole lines and one expression for those with a `…` (anything) or a `#` (a number)."""
    whole = {key(phrase) for phrase in phrases if "…" not in phrase and "#" not in phrase}
    open_ended = (phrase for phrase in phrases if "…" in phrase or "#" in phrase)
    alternatives = [
        ".*".join(rf"\b{_words(part)}\b" if part else "" for part in phrase.split("…"))
        for phrase in open_ended
    ]
    return frozenset(whole), re.compile("|".join(alternatives))


_LOOKUP: dict[Furniture, tuple[frozenset[str], re.Pattern[str]]] = {
    kind: _compile(_DATA["phrases"][kind.value]) for kind in Furniture
}
_FUNCTION_WORDS = frozenset(key(word) for words in _DATA["function_words"].values() for word in words)


def furniture(line_key: str) -> Furniture | None:
    """Name what a line does, given its `characters.key`; None for a line that may be text."""
    if line_key.count(" ") >= MAX_PHRASE_WORDS:
        return None
    for kind, (whole, pattern) in _LOOKUP.items():
        if line_key in whole or pattern.fullmatch(line_key) is not None:
            return kind
    return None


def function_share(words: Sequence[str]) -> float:
    """Return the share of function words among folded words: about 0.2 in prose, under 0.1 in headlines."""
    if not words:
        return 0.0
    return sum(word in _FUNCTION_WORDS for word in words) / len(words)


def _cues(name: str) -> re.Pattern[str]:
    alternatives = sorted((re.escape(key(cue)) for cue in _DATA["cues"][name]), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(alternatives)})\b ?")


PUBLISHED_CUE = _cues("published")
MODIFIED_CUE = _cues("modified")
AUTHOR_CUE = _cues("author")
SECTION_CUE = _cues("section")
"""Each matches the beginning of a line's `characters.key`."""
DATE_FILLER = frozenset(word for phrase in _DATA["cues"]["date_line"] for word in key(phrase).split())
"""Folded words that may stand beside a date on a line of its own."""
