"""Frames: who speaks for which part of a sentence; and the frames of relative clauses.

A relative clause reports only the figure right before it (`5 ملايين التي أعلنت عنها الحكومة`), the one that it sets
itself (`العجز الذي حددته الحكومة في مليار`), or goes on with what the one says whom it is about (`وفق المركز، الذي أورد أن …`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rules.cues import is_feminine
from rules.document import Document, Hit
from rules.sources import LIMITS, OPENERS, Source, folded, is_named, noun_phrase
from rules.subjects import antecedent

UNDERSTOOD = "understood"  # the verb has no subject of its own: never the rule of a claim
DESCRIBED = "source.described"
_RELATIVES = folded("speaker", "limit", "relatives")
_FIGURE_RELATIVES = folded("speaker", "limit", "figure_relatives")
_SET_AT = frozenset({"في", "ب"})


class Frame(NamedTuple):
    """Who speaks for which part of a sentence."""

    start: int
    """The first token of what is said; it runs to the end of the sentence."""
    back: int
    """First token of what is said before the frame itself; `start` where there is none."""
    source: Source | None
    """None where the text does not name one here."""
    reported: bool
    """A verb of saying; else a phrase of citing."""
    rule: str
    feminine: bool = False
    """Gender of the verb, by which a participle finds its speaker."""
    at: int = 0
    """The token of the verb or of the citing phrase."""
    near: bool = False
    """It speaks for its own clause whoever else reports: `أن النسبة، حسب المندوبية، بلغت …`."""
    beside: bool = False
    """It speaks before itself only for the figure of its own part: `600 ألف كما تدعي النقابات`."""


def is_relative(doc: Document, first: int, cue: Hit) -> bool:
    """Whether the verb of a cue stands in a relative clause of the sentence that begins at token `first`."""
    return doc.form(cue.start - 1) in _RELATIVES and cue.start > first


def relative_frame(doc: Document, first: int, last: int, cue: Hit, recent: Sequence[Frame]) -> Frame | None:
    """The frame of a relative clause in the sentence `[first, last)`; `recent` are the frames before it."""
    if cue.entry.group == "citing" or doc.form(cue.start - 1) not in _FIGURE_RELATIVES:
        return None
    return _about(doc, first, last, cue, recent) or _described(doc, last, cue)


def _about(doc: Document, first: int, last: int, cue: Hit, recent: Sequence[Frame]) -> Frame | None:
    """`وفق المركز، الذي أورد أن …`: the clause reports what the one says whom it is about."""
    relative = cue.start - 1
    if cue.end >= last or doc.form(cue.end) not in OPENERS:
        return None
    if (doc.form(relative) == "التي") != is_feminine(doc.form(cue.start)):
        return None
    source = next((frame.source for frame in reversed(recent) if frame.source), None)
    if source is None or not relative - 2 <= source.after <= relative:
        source = antecedent(doc, first, relative)
    return Frame(cue.end, cue.end, source, True, cue.entry.id, at=cue.start) if source else None


def _described(doc: Document, last: int, cue: Hit) -> Frame | None:
    """`5 ملايين التي أعلنت عنها الحكومة`: only the figure right before it, or the one that is set, is from there."""
    source = noun_phrase(doc, cue.end + (doc.form(cue.end) in LIMITS), last)
    if source is None:
        return None
    if not cue.entry.values.get("sets"):
        return Frame(last, cue.start - 1, source, True, DESCRIBED, at=cue.start)
    start = source.after
    if not is_named(doc, source.start) or doc.form(start) not in _SET_AT:
        return None
    return Frame(start, start, source, False, cue.entry.id, at=cue.start, near=True)
