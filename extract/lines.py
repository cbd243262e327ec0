"""A text dump as lines with features: what the line classifier looks at."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from extract.characters import fold, key, tidy
from extract.dates import MAX_DATE_CHARS, find_date
from extract.phrases import DATE_FILLER, Furniture, function_share, furniture

_BULLET = re.compile(r"^\s*(?:[•●▪◦‣·○■□➤►»]|[*+-](?=\s)|\[\d+\]|o(?=\s{2,}))\s*")
_LINK_MARK = re.compile(r"\[\d{1,3}\]")  # lynx and w3m number the links
_SEGMENT = re.compile(r"\s{3,}|\t+| ?[|›»•] ?")
_SENTENCE_END = re.compile(r"[.!?؟؛:…。][\"'”“»«)\]]*$")
_NUMBER_LINE = re.compile(r"[\d\s.,:/|–-]+")
MAX_LINES = 8_000
"""Lines read from one dump; what comes after them is another thing than an article."""
MAX_DATE_LINE_WORDS = 16
MIN_TICKER_SEGMENTS = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a dump that is not blank."""

    text: str
    """Without bullet, link marks and surplus whitespace."""
    key: str
    words: int
    gap: int
    """Blank lines before it."""
    bullet: bool
    segments: int
    """Pieces parted by wide gaps or bars: a ticker or a row of links has many."""
    ends: bool
    """It closes with the punctuation of a sentence."""
    grammar: float
    """Share of function words."""
    copies: int
    """How often the line stands in the dump, itself included."""
    furniture: Furniture | None
    date: datetime | None
    """The date in a line short enough to be a date line."""
    date_only: bool
    """Nothing but a date, a weekday and a time stand on it."""


def _date_of(text: str, words: Sequence[str]) -> tuple[datetime | None, bool]:
    if len(words) > MAX_DATE_LINE_WORDS or len(text) > MAX_DATE_CHARS:
        return None, False
    found = find_date(text)
    if found is None:
        return None, False
    moment, (start, end) = found
    folded = fold(text)
    rest = key(folded[:start] + " " + folded[end:])
    only = all(word in DATE_FILLER or word.isdigit() for word in rest.split())
    return moment, only


def _unwrap(rows: list[str]) -> list[str]:
    """Join lines that a terminal or a mail program broke at a fixed width; blank lines part the paragraphs.

    Such text has a sharp right edge: most lines that are followed by another end within a word's length
    of the longest. Text that was saved with one line a paragraph has not, and is returned unchanged.
    """
    lengths = [len(row.rstrip()) for row in rows if row.strip()]
    if len(lengths) < 8 or not 40 <= (edge := max(lengths)) <= 120:
        return rows
    inner = [
        len(row.rstrip())
        for row, after in pairwise(rows)
        if row.strip() and after.strip() and not _BULLET.match(after)
    ]
    if len(inner) < 4 or sum(length >= edge - 16 for length in inner) < 0.6 * len(inner):
        return rows
    joined: list[str] = []
    before = ""
    for row in rows:
        if row.strip() and len(before.rstrip()) >= edge - 24 and not _BULLET.match(row):
            joined[-1] += " " + row.strip()
        else:
            joined.append(row)
        before = row
    return joined


def read_lines(text: str) -> list[Line]:
    """Split a dump into lines with their features; blank lines only count as gaps."""
    rows = _unwrap(text.splitlines()[:MAX_LINES])
    kept: list[tuple[str, str, int, bool, int]] = []
    gap = 0
    for row in rows:
        bullet = _BULLET.match(row)
        bare = tidy(_LINK_MARK.sub("", row[bullet.end() :] if bullet else row))
        if not bare:
            gap += 1
            continue
        segments = sum(1 for piece in _SEGMENT.split(row.strip()) if piece.strip())
        kept.append((bare, key(bare), gap, bullet is not None, segments))
        gap = 0
    copies = Counter(line_key for _, line_key, *_ in kept)
    lines = []
    for bare, line_key, before, bulleted, segments in kept:
        words = line_key.split()
        date, date_only = _date_of(bare, words)
        lines.append(
            Line(
                text=bare,
                key=line_key,
                words=len(words),
                gap=before,
                bullet=bulleted,
                segments=segments,
                ends=_SENTENCE_END.search(bare) is not None,
                grammar=function_share(words),
                copies=copies[line_key],
                furniture=furniture(line_key),
                date=date,
                date_only=date_only or _NUMBER_LINE.fullmatch(bare) is not None,
            )
        )
    return lines
