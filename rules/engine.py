"""The engine: a text in, its claims out, one module after another over one `Document`."""

from __future__ import annotations

from datetime import date

from rules.anchoring import anchor
from rules.attribution import attribute
from rules.changes import set_changes
from rules.dates import find_dates
from rules.document import Document
from rules.indicators import assign_indicators
from rules.mentions import Mention
from rules.modality import set_modality
from rules.qualifiers import set_qualifiers
from rules.quantities import find_quantities
from rules.rates import set_rates
from rules.records import Claim
from rules.tokens import STOPS, cut, holds_numerals, tokenise

RULESET_VERSION = "2026.11.2"
"""Changes whenever the same text could give other claims: the store re-reads articles that an older version read."""


def find_mentions(doc: Document, title: str = "") -> list[Mention]:
    """Every quantity and date expression of `doc` in text order, all fields set; relative dates included."""
    dates = find_dates(doc)
    quantities = find_quantities(doc, dates)
    mentions = sorted([*dates, *quantities], key=lambda mention: mention.first)
    if not quantities:
        return mentions  # what follows says something of quantities only
    set_qualifiers(doc, mentions)
    set_changes(doc, mentions)
    set_rates(doc, mentions)
    anchor(doc, mentions)
    set_modality(doc, mentions)
    assign_indicators(doc, mentions, title)
    attribute(doc, mentions)
    return mentions


def extract_claims(text: str, *, title: str = "", published: date | None = None) -> list[Claim]:
    """The numeric claims of an article body, in text order.

    Offsets are code points into `text`: `text[claim.start:claim.end] == claim.text`. `published` is the article's
    day in Casablanca; without it, dates that lean on it (`10 ماي`, `السنة الجارية`) stay unresolved and are left out.
    """
    if not holds_numerals(text):
        return []
    doc = Document(text, published)
    return [mention.claim(doc) for mention in find_mentions(doc, title) if not mention.relative]


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as spans of code points, in order; text between them is space or a full stop."""
    words, starts, ends = tokenise(text)
    stops = [index for index, token in enumerate(words) if token.form in STOPS]
    return [(starts[first], ends[last - 1]) for first, last in cut(stops, len(words))]
