"""Clauses, as far as commas and conjunctions show them."""

from __future__ import annotations

from rules.document import Document


def clause_start(doc: Document, index: int) -> int:
    """The first token of the clause of token `index`: behind a semicolon, or a comma that و or ف follows.

    Brackets are passed over.
    """
    first, _ = doc.sentence(index)
    depth = 0
    for place in range(index - 1, first - 1, -1):
        form = doc.form(place)
        if form == ")":
            depth += 1
        elif form == "(":
            depth -= 1
        elif depth <= 0 and (form == "؛" or (form == "،" and doc.words[place + 1].conjunction)):
            return place + 1
    return first
