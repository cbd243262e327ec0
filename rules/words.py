"""Words: what a token is, seen once and remembered.

Arabic writes conjunctions (و ف), prepositions (ب ل ك) and the article on the word. A word is looked up as it is,
then without these letters; how often a letter may be taken off is bounded, so that كان never reads as ك + ان.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rules.lexicon import Entry, Pattern, load_patterns

PATTERNS = load_patterns()
# لست "I am not" is not ل + ست, ولد is not و + لد: what looks prefixed and is not.
_WHOLE = frozenset(
    {"لست", "وست", "كست", "وسبع", "والد", "والده", "والدين", "بعض", "بعد", "كان", "كانت", "لكن"}
)


@dataclass(slots=True, eq=False)
class Word:
    """A token seen without its context; equal tokens share one object."""

    form: str
    """Folded spelling, lower case."""
    stems: tuple[str, ...]
    """The form and what is left of it without prefixed letters, the form first."""
    keys: frozenset[str]
    """The stems and `=form`: what the words of a phrase are compared with."""
    is_number: bool = False
    """Begins with a digit."""
    is_word: bool = False
    """Made of letters."""
    conjunction: bool = False
    """Begins with و or ف that can be a conjunction."""
    numeral: Entry | None = None
    """The numeral that one of the stems is."""
    numeral_at: int = 0
    """Where in the form the numeral begins, its article included."""
    numeral_article: bool = False
    """The numeral has the article."""
    heads: tuple[Pattern, ...] = ()
    """The phrases that can begin here, longest first."""


def stems_of(form: str) -> tuple[str, ...]:
    """`form` and what remains of it when و ف, ب ل ك and the article are taken off, longest first, no repeats."""
    if form in _WHOLE:
        return (form,)
    found = [form]
    if form[0] in "وف" and len(form) > 2:
        found.append(form[1:])
    for stem in tuple(found):
        if stem.startswith("لل") and len(stem) > 3:
            found.append("ال" + stem[2:])
            found.append(stem[2:])
            found.append(stem[1:])
        elif stem[0] in "بلكف" and len(stem) > 3:
            found.append(stem[1:])
    for stem in tuple(found):
        if stem.startswith("ال") and len(stem) > 3:
            found.append(stem[2:])
    return tuple(dict.fromkeys(found))


@lru_cache(maxsize=65536)
def word(form: str) -> Word:
    """What `form` (folded, lower case, one token) is."""
    first = form[0]
    if first.isdigit():
        return Word(form, (form,), frozenset({form}), is_number=True)
    if not first.isalpha():
        found = Word(form, (form,), frozenset({form}))
        found.heads = PATTERNS.get(form, ())
        return found
    stems = stems_of(form)
    found = Word(form, stems, frozenset({*stems, "=" + form}), is_word=True)
    found.conjunction = first in "وف" and len(stems) > 1
    heads: list[Pattern] = []
    for stem in stems:
        for made in PATTERNS.get(stem, ()):
            if made.entry.group == "numeral":
                # كمية is no ك + مية: no numeral takes ك, and the shortest take no preposition but ب.
                lettered = form[: len(form) - len(stem)].removesuffix("ال")
                whole = "ك" not in lettered and (len(stem) > 3 or lettered in ("", "و", "ف", "ب"))
                if found.numeral is None and whole:
                    found.numeral = made.entry
                    found.numeral_article = stem != form and f"ال{stem}" in stems
                    found.numeral_at = max(0, len(form) - len(stem) - 2 * found.numeral_article)
            else:
                heads.append(made)
    heads.extend(PATTERNS.get("=" + form, ()))
    heads.sort(key=lambda made: -len(made.words))
    found.heads = tuple(dict.fromkeys(heads))
    return found
