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


class _Phrases:
    """The phrases of one kind, arranged so that a line is answered by a few look-ups."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self.whole: set[str] = set()
        self.starts: dict[str, list[str]] = {}
        self.elsewhere: list[tuple[str, re.Pattern[str]]] = []
        self.numbered: list[re.Pattern[str]] = []
        for phrase in phrases:
            parts = [key(part) for part in phrase.replace("#", "0").split("…")]
            if "#" in phrase:
                self.numbered.append(
                    re.compile(".*".join(re.escape(part).replace("0", r"\d+") for part in parts))
                )
            elif len(parts) == 1:
                self.whole.add(parts[0])
            elif parts[0] and not any(parts[1:]):
                self.starts.setdefault(parts[0].split()[0], []).append(parts[0])
            else:
                pattern = ".*".join(rf"\b{re.escape(part)}\b" if part else "" for part in parts)
                self.elsewhere.append((max(parts, key=len), re.compile(pattern)))

    def match(self, line_key: str, first: str) -> bool:
        if line_key in self.whole:
            return True
        for phrase in self.starts.get(first, ()):
            if line_key.startswith(phrase) and line_key[len(phrase) : len(phrase) + 1] in ("", " "):
                return True
        if first.isdigit() and any(pattern.fullmatch(line_key) for pattern in self.numbered):
            return True
        return any(part in line_key and pattern.fullmatch(line_key) for part, pattern in self.elsewhere)


_LOOKUP = {kind: _Phrases(_DATA["phrases"][kind.value]) for kind in Furniture}
_FUNCTION_WORDS = frozenset(key(word) for words in _DATA["function_words"].values() for word in words)


def furniture(line_key: str) -> Furniture | None:
    """Name what a line does, given its `characters.key`; None for a line that may be text."""
    if line_key.count(" ") >= MAX_PHRASE_WORDS:
        return None
    first = line_key.partition(" ")[0]
    for kind, phrases in _LOOKUP.items():
        if phrases.match(line_key, first):
            return kind
    return None


_FIRST_WORDS = frozenset(
    phrase.partition(" ")[0]
    for phrases in _LOOKUP.values()
    for phrase in (*phrases.whole, *(start for starts in phrases.starts.values() for start in starts))
)
# The longest words of phrases that are looked for anywhere in a line, as they are written.
_INNER_WORDS = tuple(
    max(phrase.split("…"), key=len)
    for kind in Furniture
    for phrase in _DATA["phrases"][kind.value]
    if "…" in phrase and not (phrase.partition("…")[0] and not phrase.partition("…")[2])
)


def furniture_of(text: str) -> Furniture | None:
    """Name what a tidied line does. Folding costs, so it is done only where the first word may begin a phrase."""
    first = key(text.partition(" ")[0])
    if (
        first
        and first not in _FIRST_WORDS
        and not first.isdigit()
        and not any(map(text.__contains__, _INNER_WORDS))
    ):
        return None
    return furniture(key(text))


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
