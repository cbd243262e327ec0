"""Clauses, as far as commas and conjunctions show them."""

from __future__ import annotations

from bisect import bisect_left

from rules.document import Document


def clause_start(doc: Document, index: int) -> int:
    """The first token of the clause of token `index`: behind a semicolon, or a comma that و or ف follows.

    Brackets are passed over.
    """
    first, _ = doc.sentence(index)
    depth = 0
    for at in range(bisect_left(doc.marks, index) - 1, -1, -1):
        place = doc.marks[at]
        if place < first:
            break
        form = doc.words[place].form
        if form == ")":
            depth += 1
        elif form == "(":
            depth -= 1
        elif depth <= 0 and (form == "؛" or doc.words[place + 1].conjunction):
            return place + 1
    return first
