"""A text as the rules see it: tokens with their places, sentences, and every phrase of the lexicon found in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rules.lexicon import Entry, Pattern
from rules.normalise import Normalised, normalise
from rules.words import Word, is_strong, word

# Numbers keep their separators; m², km² are one word; anything else that is no space stands alone.
_TOKEN = re.compile(
    r"\d+(?:[.,٫٬'،]\d+)*"
    r"|(?<![ء-ي])(?:كل?م|م)[23](?!\d)"
    r"|[ء-يٮ-ۓ]+"
    r"|[a-zß-ÿ][a-z0-9ß-ÿ]*"
    r"|\n|\S"
)
_ENDS = frozenset("\n.!؟?…")
_MARKS = frozenset("،؛()")


class Hit(NamedTuple):
    """A phrase of the lexicon in the text: tokens `[start, end)`."""

    start: int
    end: int
    entry: Entry
    bare: bool
    """No prefixed letter but the article stands before the first word."""


def _start(hit: Hit) -> int:
    return hit.start


def _by_length(found: tuple[Pattern, bool]) -> int:
    return -len(found[0].words)


REACH = 120
"""How many tokens away a rule looks at the most."""
LONGEST = 250
"""Tokens of a sentence; a longer one is cut, so that no rule's cost grows with the square of a text without stops."""


class Tokens(NamedTuple):
    """A folded text and the forms of its tokens."""

    normalised: Normalised
    forms: list[str]

    @property
    def hold_numerals(self) -> bool:
        """Whether there is a number at all, in digits or words: without one a text states no quantity and no date."""
        return any(map(is_strong, self.forms))


def tokenise(text: str) -> Tokens:
    """Fold `text` and part it into tokens."""
    normalised = normalise(text)
    return Tokens(normalised, _TOKEN.findall(normalised.text))


class Document:
    """A text, its tokens and its phrases. Tokens are numbered from 0; token spans are half-open."""

    __slots__ = (
        "_by_end",
        "_by_start",
        "_first",
        "_groups",
        "_normalised",
        "ends",
        "marks",
        "norm",
        "numbers",
        "numerals",
        "published",
        "sentences",
        "starts",
        "text",
        "words",
    )

    def __init__(self, text: str, published: date | None = None, tokens: Tokens | None = None) -> None:
        tokens = tokens if tokens is not None else tokenise(text)
        self.text = text
        """The body as given."""
        self.published = published
        """The day of the article; None where it is not known."""
        self._normalised = tokens.normalised
        self.norm = self._normalised.text
        """The folded body, in which the tokens stand."""
        self.words: list[Word] = list(map(word, tokens.forms))
        self.starts: list[int] = []
        """First code point of each token in `norm`."""
        self.ends: list[int] = []
        place = 0
        find = self.norm.find
        for form in tokens.forms:
            place = find(form, place)
            self.starts.append(place)
            place += len(form)
            self.ends.append(place)
        self.sentences: list[tuple[int, int]] = []
        """Token spans; a full stop, a question or exclamation mark and a line break end one."""
        self.numerals: list[int] = []
        """The tokens that are digits or words for numbers, in order."""
        self.marks: list[int] = []
        """The tokens that part clauses or open and close brackets, in order."""
        self.numbers: dict[int, object] = {}
        """What `read_number` found at a token, so that dates and quantities read a number once."""
        self._by_start: dict[int, list[Hit]] = {}
        self._by_end: dict[int, list[Hit]] = {}
        self._groups: dict[str, list[Hit]] = {}
        self._read()
        self._first = [start for start, _ in self.sentences]

    def __len__(self) -> int:
        return len(self.words)

    def _read(self) -> None:
        """One pass over the tokens: numerals, marks, sentences and phrases."""
        last = len(self.words) - 1
        taken: dict[str, int] = {}
        ends = []
        for index, token in enumerate(self.words):
            if not token.notable:
                continue
            if token.counts:
                self.numerals.append(index)
            elif token.form in _MARKS:
                self.marks.append(index)
            elif token.form in _ENDS:
                ends.append(index)
            if token.singles or token.longer:
                self._file(index, token, taken, last)
        ends.append(last + 1)
        self._cut(ends)

    def _file(self, index: int, token: Word, taken: dict[str, int], last: int) -> None:
        """File the phrases that begin at `index`; of those of one group that overlap the first and longest counts."""
        here: list[Hit] = []
        if token.longer and index < last:
            for made, bare in self._longer(index):
                if taken.get(made.entry.group, -1) <= index:
                    end = taken[made.entry.group] = index + len(made.words)
                    here.append(Hit(index, end, made.entry, bare))
        for entry, bare in token.singles:
            if taken.get(entry.group, -1) <= index:
                taken[entry.group] = index + 1
                here.append(Hit(index, index + 1, entry, bare))
        if here:
            self._by_start[index] = here
            for hit in here:
                self._by_end.setdefault(hit.end, []).append(hit)
                self._groups.setdefault(hit.entry.group, []).append(hit)

    def _cut(self, ends: list[int]) -> None:
        first = 0
        for end in ends:
            while end - first > LONGEST:
                self.sentences.append((first, first + LONGEST))
                first += LONGEST
            if end > first:
                self.sentences.append((first, end))
            first = end + 1

    def _longer(self, index: int) -> list[tuple[Pattern, bool]]:
        """The phrases of two words or more that stand at token `index`, longest first."""
        words = self.words
        count = len(words)
        longer = words[index].longer
        found: dict[Pattern, bool] = {}
        for key in words[index + 1].keys:
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
        for hit in self._by_start.get(index, ()):
            if hit.entry.group == group:
                return hit
        return None

    def hits_at(self, index: int) -> list[Hit]:
        """The phrases of any group that start at token `index`."""
        return self._by_start.get(index, [])

    def hit_before(self, index: int, group: str) -> Hit | None:
        """The phrase of `group` whose last token is `index - 1`."""
        for hit in self._by_end.get(index, ()):
            if hit.entry.group == group:
                return hit
        return None

    @property
    def hits(self) -> list[Hit]:
        """Every phrase of the lexicon, in order."""
        return self.grouped(self._groups)

    def group(self, group: str) -> list[Hit]:
        """The phrases of `group`, in order."""
        return self._groups.get(group, [])

    def grouped(self, groups: Iterable[str]) -> list[Hit]:
        """The phrases of several groups, in order."""
        return sorted((hit for group in groups for hit in self.group(group)), key=_start)

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
        return self.words[index].form if 0 <= index < len(self.words) else ""

    def has(self, index: int, *stems: str) -> bool:
        """Whether token `index` is one of `stems`, prefixed letters aside."""
        return 0 <= index < len(self.words) and not self.words[index].keys.isdisjoint(stems)

    def glued(self, index: int) -> bool:
        """Whether token `index` touches the token before it."""
        return 0 < index < len(self.words) and self.starts[index] == self.ends[index - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Tokens `[start, end)` as a span of code points of the original text."""
        return self._normalised.origin(self.starts[start], self.ends[end - 1])

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span `[start, end)` of `norm` as a span of the original text."""
        return self._normalised.origin(start, end)

    def slice(self, start: int, end: int) -> str:
        """The original text of tokens `[start, end)`."""
        first, last = self.span(start, end)
        return self.text[first:last]
