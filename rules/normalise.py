"""Offset-true normalisation: one spelling for the many that newsrooms use, and the way back to the text.

What is folded one to one (alef and hamza forms, alef maqsura, teh marbuta, digits, spaces) keeps offsets as they
are; what is dropped (diacritics, tatweel, bidirectional and zero-width marks) or expanded (presentation forms)
is kept in an offset map that is only built when a text holds such characters.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from dataclasses import dataclass

from camel_tools.utils.normalize import (
    normalize_alef_ar,
    normalize_alef_maksura_ar,
    normalize_teh_marbuta_ar,
)

# Hamza marks (U+0653-0655) are what NFD leaves of أ إ آ ؤ ئ: with them dropped and the letters folded,
# composed and decomposed text come out the same.
# The combining accents U+0300-036F are what NFD leaves of é and its kind.
# The first nine after them are camel_tools' AR_DIAC_CHARSET, whose module takes half a second to import; a test compares them.
DROPPED = frozenset(map(chr, range(0x0300, 0x0370))) | frozenset(
    "\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0670"
    "\u0610\u0611\u0612\u0613\u0614\u0615\u0653\u0654\u0655\u0656\u0657\u0658\u0670\u06d6\u06dc\u06e5\u06e6"
    "\u0640"  # tatweel
    "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_SPACES = (
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t\r\f\v"
)


def _fold_table() -> dict[int, str]:
    table = {
        code: normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(chr(code))))
        for code in range(0x0621, 0x06D4)
    }
    table = {code: letter for code, letter in table.items() if letter != chr(code)}
    table.update({ord("ؤ"): "و", ord("ئ"): "ي", ord("ی"): "ي", ord("ک"): "ك", ord("ڪ"): "ك", ord("ھ"): "ه"})
    table.update({ord("ہ"): "ه", ord("گ"): "ك", ord("ڭ"): "ك", ord("ڤ"): "ف", ord("پ"): "ب", ord("چ"): "ج"})
    for code in (*range(ord("A"), ord("Z") + 1), *range(0xC0, 0x250)):  # CNSS as cnss, é as e
        table[code] = unicodedata.normalize("NFD", chr(code).lower())[0]
    for first in (0x0660, 0x06F0):  # Arabic-Indic and extended (Persian) digits
        table.update({first + digit: str(digit) for digit in range(10)})
    table.update({ord(space): " " for space in _SPACES})
    table.update({ord("\u066a"): "%", ord("\u066b"): "٫", ord("\u066c"): "٬"})
    for dash in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212":
        table[ord(dash)] = "-"
    for quote in "“”«»„‟″":
        table[ord(quote)] = '"'
    for quote in "‘’‛ʼ′":
        table[ord(quote)] = "'"
    return table


_FOLD = _fold_table()
_FOLD_AND_DROP: dict[int, str | None] = {**_FOLD, **dict.fromkeys(map(ord, DROPPED))}
# Seven letters make up nearly all that is folded in running text; replacing each at once is several times as fast as
# translating every letter, which is left to texts that hold anything else.
_COMMON = tuple((letter, _FOLD[ord(letter)]) for letter in "أإآىةئؤ")
_RARE = re.compile(
    "[" + "".join(re.escape(chr(code)) for code in sorted(_FOLD) if chr(code) not in "أإآىةئؤ") + "]"
)
# Presentation forms, ligatures (ﻻ), superscripts and full-width digits change their length when expanded.
_COMPATIBLE = "\u00b2\u00b3\u00b9\u2070-\u2079\uff00-\uff5e\ufb50-\ufdff\ufe70-\ufefc"
_MOVES = re.compile("[" + "".join(map(re.escape, sorted(DROPPED))) + f"]+|[{_COMPATIBLE}]")
_EXPANDS = re.compile(f"[{_COMPATIBLE}]")


@dataclass(frozen=True, slots=True)
class Normalised:
    """A folded text and the way back."""

    text: str
    offsets: array[int] | None
    """For each folded code point (and one past the last) its offset in the original; None where they are equal."""

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The span `[start, end)` of the folded text as a span of the original."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1 if end > start else self.offsets[start]


def _fold_plain(text: str) -> str:
    """Fold a text of which nothing is dropped or expanded."""
    for letter, folded in _COMMON:
        if letter in text:
            text = text.replace(letter, folded)
    return text.translate(_FOLD) if _RARE.search(text) else text


def fold(text: str) -> str:
    """The folded spelling of a word or phrase, without a way back: how lexicon entries are looked up."""
    if not _MOVES.search(text):
        return _fold_plain(text)
    if _EXPANDS.search(text):
        text = unicodedata.normalize("NFKC", text)
    return text.translate(_FOLD_AND_DROP)


def normalise(text: str) -> Normalised:
    """Fold `text`, keeping for every code point where it came from."""
    if not _MOVES.search(text):
        return Normalised(_fold_plain(text), None)
    offsets = array("q")
    pieces: list[str] = []
    done = 0
    for match in _MOVES.finditer(text):
        place = match.start()
        if place > done:
            pieces.append(_fold_plain(text[done:place]))
            offsets.extend(range(done, place))
        expanded = "" if match[0][0] in DROPPED else fold(match[0])
        pieces.append(expanded)
        offsets.extend([place] * len(expanded))
        done = match.end()
    pieces.append(_fold_plain(text[done:]))
    offsets.extend(range(done, len(text) + 1))
    return Normalised("".join(pieces), offsets)
