"""Words: what a token is, seen once and remembered.

Arabic writes conjunctions (و ف), prepositions (ب ل ك) and the article on the word. A word is looked up as it is,
then without these letters; how often a letter may be taken off is bounded, so that كان never reads as ك + ان.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rules.lexicon import Entry, Pattern, load_patterns

PATTERNS = load_patterns()
_SECONDS = frozenset().union(
    *(pattern.words[1] for found in PATTERNS.values() for pattern in found if len(pattern.words) > 1)
)
CLASSES = frozenset({"function", "noun", "time_word", "understood"})
"""Groups of single words that are asked for word by word: a token carries them, no search for phrases is needed."""
# لست "I am not" is not ل + ست, ولد is not و + لد: what looks prefixed and is not.
_WHOLE = frozenset({"لست", "كست", "والد", "والده", "والدين", "بعض", "بعد", "كان", "كانت", "لكن"})


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
    counts: bool = False
    """A number or a numeral."""
    notable: bool = False
    """Worth a look in a text: a number, a phrase or the beginning of one, a mark."""
    strong: bool = False
    """A number or a numeral that can make a quantity by itself or with a noun: one, fractions and فاصلة cannot."""
    conjunction: bool = False
    """Begins with و or ف that can be a conjunction."""
    numeral: Entry | None = None
    """The numeral that one of the stems is."""
    numeral_class: str = ""
    """Its class in `numerals.toml`, "" where there is none."""
    numeral_value: float = 0.0
    numeral_plural: bool = False
    """A plural scale (ملايين), vague without a numeral before it."""
    numeral_dual: str = ""
    """`yes` for a dual scale (مليونين), `maybe` for ألفا, مليونا."""
    numeral_at: int = 0
    """Where in the form the numeral begins, its article included."""
    numeral_article: bool = False
    """The numeral has the article."""
    classes: frozenset[str] = frozenset()
    """The word classes (`CLASSES`) that it belongs to."""
    singles: tuple[tuple[Entry, bool, str], ...] = ()
    """The one-word phrases that it is, one a group; whether it is so without prefixed letters but the article; the group."""
    seconds: frozenset[str] = frozenset()
    """Those of its keys that are the second word of any phrase."""
    longer: Mapping[str, tuple[tuple[Pattern, bool], ...]] = field(default_factory=dict)
    """The longer phrases that can begin here, by what their second word can be."""


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


@lru_cache(maxsize=1 << 14)
def word(form: str) -> Word:
    """What `form` (folded, lower case, one token) is."""
    made = _read(form)
    made.seconds = made.keys & _SECONDS
    made.notable = made.counts or bool(made.singles) or bool(made.longer) or not made.is_word
    return made


def _read(form: str) -> Word:
    first = form[0]
    if first.isdigit():
        return Word(form, (form,), frozenset({form}), is_number=True, counts=True, strong=True)
    if not first.isalpha():
        made = Word(form, (form,), frozenset({form, "=" + form}))
        _attach(made, (*PATTERNS.get(form, ()), *PATTERNS.get("=" + form, ())))
        return made
    stems = stems_of(form)
    made = Word(form, stems, frozenset({*stems, "=" + form}), is_word=True)
    made.conjunction = first in "وف" and len(stems) > 1
    phrases: list[Pattern] = []
    for stem in stems:
        for pattern in PATTERNS.get(stem, ()):
            if pattern.entry.group != "numeral":
                phrases.append(pattern)
                continue
            # كمية is no ك + مية, لست no ل + ست: no numeral takes ك, and ست and مية no preposition but ب.
            lettered = form[: len(form) - len(stem)].removesuffix("ال")
            whole = "ك" not in lettered and (stem not in ("ست", "ميه") or lettered in ("", "و", "ف", "ب"))
            if made.numeral is None and whole:
                made.numeral = pattern.entry
                made.numeral_class = str(pattern.entry.values["class"])
                made.numeral_value = float(pattern.entry.values["value"])
                made.numeral_plural = bool(pattern.entry.values.get("plural"))
                made.numeral_dual = str(pattern.entry.values.get("dual", ""))
                made.counts = True
                made.strong = made.numeral_value > 1 and made.numeral_class not in (
                    "fraction",
                    "share",
                    "point",
                )
                made.numeral_article = stem != form and f"ال{stem}" in stems
                made.numeral_at = max(0, len(form) - len(stem) - 2 * made.numeral_article)
    phrases.extend(PATTERNS.get("=" + form, ()))
    if phrases:
        _attach(made, phrases)
    return made


def _attach(made: Word, phrases: Iterable[Pattern]) -> None:
    """File the phrases that begin with a word: its classes, the phrases that it is, those that it opens."""
    form = made.form
    classes: set[str] = set()
    singles: dict[Entry, bool] = {}
    longer: dict[str, dict[Pattern, bool]] = {}
    for pattern in phrases:
        first = pattern.words[0]
        bare = form in first or (form[:2] == "ال" and form[2:] in first) or "=" + form in first
        if len(pattern.words) > 1:
            for second in pattern.words[1]:
                longer.setdefault(second, {})[pattern] = bare
        elif pattern.entry.group in CLASSES:
            classes.add(pattern.entry.group)
        else:
            singles[pattern.entry] = singles.get(pattern.entry, False) or bare
    made.classes = frozenset(classes)
    one_a_group: dict[str, tuple[Entry, bool, str]] = {}
    for entry, bare in singles.items():
        one_a_group.setdefault(entry.group, (entry, bare, entry.group))
    made.singles = tuple(one_a_group.values())
    made.longer = {second: tuple(found.items()) for second, found in longer.items()}
