"""Words of a text in one spelling, for search and for comparing texts.

Letters that newsrooms interchange become one (alef and hamza forms, alef maqsura, teh marbuta, Persian forms), digits
become ASCII; diacritics, tatweel and invisible marks go.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain

from camel_tools.utils.normalize import (
    normalize_alef_ar,
    normalize_alef_maksura_ar,
    normalize_teh_marbuta_ar,
)

_LETTERS = {
    "ؤ": "و",
    "ئ": "ي",
    "ی": "ي",
    "ک": "ك",
    "ھ": "ه",
    "ہ": "ه",
    "گ": "ك",
    "ڭ": "ك",
    "ڤ": "ف",
    "پ": "ب",
    "چ": "ج",
}
_MARKS = "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u00ad\u061c\u200b-\u200f\u2060\u2066-\u2069\ufeff"
"""What stands in a word without being a letter of it, as a character class."""
_DROPPED = re.compile(f"[{_MARKS}\u0640]")
_WORD = re.compile(rf"[^\W_][\w{_MARKS}]*")
_ARTICLE = re.compile(r"[وف]?(?:بال|كال|لل|ال)(\w{3,})")


@cache
def _spelling(letter: str) -> str:
    """What a letter is written as; nothing for what is dropped."""
    if _DROPPED.match(letter):
        return ""
    if letter.isdecimal():
        return str(int(letter))
    one: str = normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(letter)))
    return _LETTERS.get(one, one).lower()[0]


def fold(word: str) -> str:
    """The one spelling of a word."""
    return "".join(map(_spelling, unicodedata.normalize("NFKC", word)))


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """The words of `text`: first code point, one past the last, and the folded form."""
    for match in _WORD.finditer(text):
        if form := fold(match[0]):
            yield match.start(), match.end(), form


@lru_cache(maxsize=16)
def forms(text: str) -> tuple[str, ...]:
    """The folded words of `text`, in order; kept for a while, as a new text is indexed and compared with others."""
    return tuple(chain.from_iterable(map(_between_spaces, text.split())))


@lru_cache(maxsize=1 << 14)
def _between_spaces(piece: str) -> tuple[str, ...]:
    """The words of a text without white space. Most come again and again, with the same sign behind them."""
    return tuple(form for _, _, form in words(piece))


@lru_cache(maxsize=1 << 14)
def readings(form: str) -> tuple[str, ...]:
    """A folded word and what it may be without its particles: conjunction (و ف), preposition (ب ك ل) and article.

    Written Arabic does not tell a prefix from a first letter, so every reading that leaves a word is kept.
    """
    found = [form]
    if form[0] in "وف" and len(form) > 3:
        found.append(form[1:])
    for whole in tuple(found):
        for prefix in ("بال", "كال", "لل", "ال"):
            if whole.startswith(prefix) and len(whole) >= len(prefix) + 2:
                found.append(whole[len(prefix) :])
                break
        else:
            if whole[0] in "بكل" and len(whole) > 3:
                found.append(whole[1:])
    return tuple(dict.fromkeys(found))


def bare(form: str) -> str:
    """A folded word without the article and what stands before it; what has no article stays as it is."""
    match = _ARTICLE.fullmatch(form)
    return match[1] if match else form
