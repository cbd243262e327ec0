"""Governors: the verb or noun of change that a quantity depends on.

The nearest word of change before the number in its clause governs it, unless that word is itself what rises or
falls (تراجع النمو), or says no change at all (إضافة إلى, رفع الحجر, زاد قائلا, مساهمة في النمو).
"""

from __future__ import annotations

from rules.clauses import clause_start
from rules.document import Document, Hit

_REACH = 40
"""Tokens between a word of change and its number."""
_CHAIN = 5
"""Tokens between a word of change and the noun of a growth rate that it takes."""

_AMOUNTING = frozenset({"وقدرها", "وقدره", "ومقدارها", "ومقداره", "ونسبتها", "ونسبته"})
_FRESH = frozenset({"نموا"})
"""An indefinite object is the clause's own (انكماشا … بل ستحقق نموا)."""


def is_noun(hit: Hit) -> bool:
    """Whether the word of change can be a noun."""
    return bool(hit.entry.values.get("noun"))


def is_verb(hit: Hit) -> bool:
    """Whether the word of change can be a verb."""
    return not is_noun(hit) or bool(hit.entry.values.get("verb"))


def is_rate(hit: Hit) -> bool:
    """Whether the word names a growth rate (نمو)."""
    return bool(hit.entry.values.get("rate"))


def governor(doc: Document, index: int, place: int) -> Hit | None:
    """The word of change that governs token `place`, in the clause of token `index`."""
    start = clause_start(doc, index)
    # `من الزيادة في الأجور، وقدرها 500 درهم`: the clause goes on about the word before it.
    amounting = doc.form(start) in _AMOUNTING
    if amounting:
        start = clause_start(doc, max(0, start - 2))
    low = max(start, place - _REACH)
    hits = [hit for hit in doc.hits_in(low, place, "change") if _changes(doc, hit)]
    if amounting:
        hits = [hit for hit in hits if not is_verb(hit)]
    if not hits:
        return None
    nearest = hits[-1]
    for earlier in reversed(hits[:-1]):
        if not _takes(doc, earlier, nearest):
            break
        nearest = earlier
    return nearest


def _changes(doc: Document, hit: Hit) -> bool:
    """Whether a word of change says that something changed."""
    if any(other.start == hit.start for other in doc.hits_in(hit.start, hit.end + 3, "change_not")):
        return False
    if not is_rate(hit):
        return True
    # مساهمة في النمو: a contribution to growth, in its own clause.
    return not doc.hits_in(max(0, hit.start - 4), hit.start, "change_topic")


def _takes(doc: Document, earlier: Hit, later: Hit) -> bool:
    """`تراجع النمو ب5`, `انكماش في معدل النمو`: the later noun is what the earlier word says to change."""
    gap = later.start - earlier.end
    if (
        doc.form(later.start) in _FRESH
        or not is_noun(later)
        or doc.words[later.start].conjunction
        or gap > (_CHAIN if is_rate(later) else 1)
    ):
        return False
    if not is_rate(later) and not is_verb(earlier):
        return False
    return not any(
        doc.form(place) in ("،", "؛") or doc.words[place].conjunction
        for place in range(earlier.end, later.start)
    )
