"""A text as the rules see it: tokens with their places, sentences, and every phrase of the lexicon found in it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from rules.lexicon import Entry, Pattern
from rules.normalise import fold, normalise
from rules.tokens import STOPS, cut, tokenise
from rules.words import Word

_MARKS = frozenset("،؛()")


class Hit(NamedTuple):
    """A phrase of the lexicon in the text: tokens `[start, end)`."""

    start: int
    end: int
    entry: Entry
    bare: bool
    """No prefixed letter but the article stands before the first word."""


# A hit without the keyword arguments of its class: a text has as many hits as words.
_hit = tuple.__new__
_NONE: Sequence[Hit] = ()


def _start(hit: Hit) -> int:
    return hit.start


def _by_length(found: tuple[Pattern, bool]) -> int:
    return -len(found[0].words)


TABLE = 8
"""A number with so many before it and behind it, nothing between, stands in a table and counts nothing."""
REACH = 120
"""How many tokens away a rule looks at the most."""


def _outside_tables(words: Sequence[Word], numerals: Sequence[int]) -> list[int]:
    """`numerals` without the digits that stand in the midst of so many numbers that only a table has them."""
    last = len(numerals) - TABLE
    return [
        index
        for place, index in enumerate(numerals)
        if not (words[index].is_number and TABLE <= place < last)
        or numerals[place + TABLE] - numerals[place - TABLE] > 2 * TABLE
    ]


class Document:
    """A text, its tokens and its phrases. Tokens are numbered from 0; token spans are half-open."""

    __slots__ = (
        "_beginning",
        "_ending",
        "_first",
        "_groups",
        "ends",
        "marks",
        "numbers",
        "numerals",
        "published",
        "sentences",
        "starts",
        "text",
        "words",
    )

    def __init__(self, text: str, published: date | None = None) -> None:
        self.text = text
        """The body as given."""
        self.published = published
        """The day of the article; None where it is not known."""
        self.words, self.starts, self.ends = tokenise(text)
        """The tokens, and their first and last code points in `text`."""
        self.numerals: list[int] = []
        """The tokens that are digits or words for numbers, in order, the midst of tables left out."""
        self.marks: list[int] = []
        """The tokens that part clauses or open and close brackets, in order."""
        self.numbers: dict[int, object] = {}
        """What `read_number` found at a token, so that dates and quantities read a number once."""
        self._groups: defaultdict[str, list[Hit]] = defaultdict(list)
        self._beginning: dict[str, dict[int, Hit]] = {}
        self._ending: dict[str, dict[int, Hit]] = {}
        self.sentences = cut(self._read(), len(self.words))
        """Token spans; a full stop, a question or exclamation mark and a line break end one."""
        if len(self.numerals) > 2 * TABLE:
            self.numerals = _outside_tables(self.words, self.numerals)
        self._first = [start for start, _ in self.sentences]

    def __len__(self) -> int:
        return len(self.words)

    def _read(self) -> list[int]:
        """One pass over the tokens for numerals, marks and phrases; return the tokens that end sentences.

        Of phrases of one group that overlap the first and longest counts.
        """
        words = self.words
        last = len(words) - 1
        groups = self._groups
        taken: dict[str, int] = {}  # where the longer phrases of a group end
        stops = []
        for index, token in enumerate(words):
            if not token.notable:
                continue
            if token.counts:
                self.numerals.append(index)
            elif token.form in _MARKS:
                self.marks.append(index)
            elif token.form in STOPS:
                stops.append(index)
            if token.longer and index < last and not token.longer.keys().isdisjoint(words[index + 1].seconds):
                for made, bare in self._longer(index):
                    group = made.entry.group
                    if taken.get(group, -1) <= index:
                        end = taken[group] = index + len(made.words)
                        groups[group].append(Hit(index, end, made.entry, bare))
            for entry, bare, group in token.singles:
                if not taken or taken.get(group, -1) <= index:
                    groups[group].append(_hit(Hit, (index, index + 1, entry, bare)))
        return stops

    def _longer(self, index: int) -> list[tuple[Pattern, bool]]:
        """The phrases of two words or more that stand at token `index`, longest first."""
        words = self.words
        count = len(words)
        longer = words[index].longer
        found: dict[Pattern, bool] = {}
        for key in words[index + 1].seconds:
            for made, bare in longer.get(key, ()):
                length = len(made.words)
                if index + length > count:
                    continue
                for place in range(2, length):
                    if words[index + place].keys.isdisjoint(made.words[place]):
                        break
                else:
                    found[made] = bare
        if len(found) < 2:
            return list(found.items())
        return sorted(found.items(), key=_by_length)

    def hit_at(self, index: int, group: str) -> Hit | None:
        """The phrase of `group` that starts at token `index`."""
        beginning = self._beginning.get(group)
        if beginning is None:
            beginning = self._beginning[group] = {hit.start: hit for hit in self.group(group)}
        return beginning.get(index)

    def hit_before(self, index: int, group: str) -> Hit | None:
        """The phrase of `group` whose last token is `index - 1`."""
        ending = self._ending.get(group)
        if ending is None:
            ending = self._ending[group] = {hit.end: hit for hit in self.group(group)}
        return ending.get(index)

    def hits_at(self, index: int) -> list[Hit]:
        """The phrases of any group that start at token `index`."""
        found = (self.hit_at(index, group) for group in self._groups)
        return [hit for hit in found if hit is not None]

    def group(self, group: str) -> Sequence[Hit]:
        """The phrases of `group`, in order."""
        return self._groups.get(group, _NONE)

    def grouped(self, groups: Iterable[str]) -> list[Hit]:
        """The phrases of several groups, in order."""
        return sorted((hit for group in groups for hit in self.group(group)), key=_start)

    def beginnings(self, *groups: str) -> set[int]:
        """The tokens at which phrases of several groups start."""
        return {hit.start for group in groups for hit in self.group(group)}

    def hits_in(self, start: int, end: int, group: str) -> list[Hit]:
        """The phrases of `group` within tokens `[start, end)`, in order."""
        hits = self._groups.get(group)
        if not hits:
            return []
        found = []
        for place in range(bisect_left(hits, start, key=_start), len(hits)):
            hit = hits[place]
            if hit.start >= end:
                break
            if hit.end <= end:
                found.append(hit)
        return found

    def sentence(self, index: int) -> tuple[int, int]:
        """The token span of the sentence that holds token `index`."""
        return self.sentences[self.sentence_number(index)]

    def sentence_number(self, index: int) -> int:
        """Which sentence, from 0, holds token `index`."""
        return max(0, bisect_right(self._first, index) - 1)

    def form(self, index: int) -> str:
        """The folded token, or "" outside the text."""
        if index < 0:
            return ""
        try:
            return self.words[index].form
        except IndexError:
            return ""

    def has(self, index: int, *stems: str) -> bool:
        """Whether token `index` is one of `stems`, prefixed letters aside."""
        return 0 <= index < len(self.words) and not self.words[index].keys.isdisjoint(stems)

    def glued(self, index: int) -> bool:
        """Whether token `index` touches the token before it, marks that are not seen aside."""
        return 0 < index < len(self.words) and not self._gap(index)

    def spaced(self, index: int) -> bool:
        """Whether a single space parts token `index` from the token before it."""
        return self._gap(index) == " "

    def _gap(self, index: int) -> str:
        """What stands before token `index`, marks that are not seen aside."""
        gap = self.text[self.ends[index - 1] : self.starts[index]]
        return gap if gap in ("", " ") else fold(gap)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Tokens `[start, end)` as a span of code points of the text."""
        return self.starts[start], self.ends[end - 1]

    def letters(self, index: int, count: int) -> int:
        """How many code points of the text the first `count` folded letters of token `index` take."""
        return normalise(self.slice(index, index + 1)).origin(0, count + 1)[1] - 1

    def slice(self, start: int, end: int) -> str:
        """The original text of tokens `[start, end)`."""
        return self.text[self.starts[start] : self.ends[end - 1]]
