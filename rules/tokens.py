"""A text in tokens: each a word with its place in the original.

Newsrooms repeat their words, so what stands between two spaces is folded and parted once and remembered as a piece;
a text is then looked up piece by piece, and one without a numeral is known at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import attrgetter
from typing import Final, NamedTuple

from rules.normalise import fold, normalise
from rules.words import Word, word

# Numbers keep their separators; m², km² are one word; anything else that is no space stands alone.
_TOKEN = re.compile(
    r"\d+(?:[.,٫٬'،]\d+)*"
    r"|(?<![ء-ي])(?:كل?م|م)[23](?!\d)"
    r"|[ء-يٮ-ۓ]+"
    r"|[a-zß-ÿ][a-z0-9ß-ÿ]*"
    r"|\S"
)
# Letters that folding changes one for one: neither tatweel nor the small alef above.
_PLAIN = re.compile(r"[\u0621-\u063a\u0641-\u064a\u066e\u066f\u0671-\u06d3]+")
MOST_PIECES: Final = 1 << 14
"""Pieces met lately that are remembered; as many of the time before are as well. After 1,500 news articles the process
has grown by 35 MB, words and all."""
LONGEST_PIECE: Final = 48
"""Code points of a piece that is remembered."""
LONGEST_SENTENCE: Final = 250
"""Tokens of a sentence; a longer one is cut, so that no rule's cost grows with the square of a text without stops."""
STOPS: Final = frozenset("\n.!؟?…")
"""Tokens that end a sentence."""
_BREAK: Final = word("\n")


class Piece(NamedTuple):
    """What stands between two spaces and is no single word: tokens with their spans in it, in code points as written."""

    words: tuple[Word, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    strong: bool
    """Holds a number or numeral that can make a quantity (`Word.strong`)."""


class _Pieces(dict[str, Word | Piece]):
    """The pieces met lately; a word where a piece is nothing else, as nearly all are."""

    def __init__(self) -> None:
        self.weak: set[str] = set()
        """Those that are not strong."""
        self.before: dict[str, Word | Piece] = {}
        """Those of the time before."""

    def __missing__(self, written: str) -> Word | Piece:
        piece = self.before.get(written) or _read(written)
        if len(written) <= LONGEST_PIECE:
            if len(self) >= MOST_PIECES:
                self.before = dict(self)
                self.clear()
                self.weak.clear()
            self[written] = piece
            if not piece.strong:
                self.weak.add(written)
        return piece


_PIECES = _Pieces()
_piece = _PIECES.__getitem__
_strong = attrgetter("strong")


def _read(written: str) -> Word | Piece:
    if _PLAIN.fullmatch(written):
        return word(fold(written))
    folded = normalise(written)
    forms = _TOKEN.findall(folded.text)
    words = list(map(word, forms))
    starts: list[int] = []
    ends: list[int] = []
    find = folded.text.find
    place = 0
    for form in forms:
        place = find(form, place)
        starts.append(place)
        place += len(form)
        ends.append(place)
    if folded.offsets is not None:
        starts, ends = (
            [folded.offsets[start] for start in starts],
            [folded.offsets[end - 1] + 1 for end in ends],
        )
    if (starts, ends) == ([0], [len(written)]):
        return words[0]
    return Piece(tuple(words), tuple(starts), tuple(ends), any(map(_strong, words)))


def holds_numerals(text: str) -> bool:
    """Whether there is a number at all, in digits or words: without one a text states no quantity and no date."""
    written = text.split()
    return not _PIECES.weak.issuperset(written) and any(map(_strong, map(_piece, written)))


class Tokens(NamedTuple):
    """The words of a text and their spans, in code points of the text as written."""

    words: list[Word]
    starts: list[int]
    ends: list[int]


def tokenise(text: str) -> Tokens:
    """Part `text` into tokens. A line break is one; other spaces are none."""
    words: list[Word] = []
    starts: list[int] = []
    ends: list[int] = []
    place = 0
    for line in text.split("\n"):
        if place:
            words.append(_BREAK)
            starts.append(place - 1)
            ends.append(place)
        for written in line.split(" "):
            piece = _PIECES[written]
            end = place + len(written)
            if isinstance(piece, Word):
                words.append(piece)
                starts.append(place)
                ends.append(end)
            else:
                words.extend(piece.words)
                starts.extend([place + start for start in piece.starts])
                ends.extend([place + end for end in piece.ends])
            place = end + 1
    return Tokens(words, starts, ends)


def cut(stops: Iterable[int], count: int) -> list[tuple[int, int]]:
    """The sentences of `count` tokens as half-open spans, `stops` being the tokens that end one; empty ones are none."""
    found: list[tuple[int, int]] = []
    first = 0
    for end in (*stops, count):
        while end - first > LONGEST_SENTENCE:
            found.append((first, first + LONGEST_SENTENCE))
            first += LONGEST_SENTENCE
        if end > first:
            found.append((first, end))
        first = end + 1
    return found
