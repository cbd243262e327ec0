"""Why the rules say what they say: each sentence with its tokens, the lexicon entries seen in it and its claims."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from rules.document import Document
from rules.engine import find_mentions
from rules.records import Claim


@dataclass(frozen=True, slots=True)
class TokenView:
    """One token as the rules saw it."""

    text: str
    """As written."""
    folded: str
    """As compared with the lexicon."""
    entries: tuple[str, ...]
    """Ids of the entries whose phrase begins here, with the number of tokens where it is longer (`unit.job+1`)."""
    claims: tuple[int, ...]
    """Which claims of the sentence, from 1, this token is part of."""


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence with what was found in it."""

    start: int
    """Code points into the text, inclusive."""
    end: int
    text: str
    tokens: tuple[TokenView, ...]
    claims: tuple[Claim, ...]
    """In text order; `Claim.rules` names what fired."""


def explain(text: str, *, title: str = "", published: date | None = None) -> list[SentenceView]:
    """The sentences of `text` that hold claims, in order, with what each rule saw. Arguments as in `extract_claims`."""
    doc = Document(text, published)
    mentions = [mention for mention in find_mentions(doc, title) if not mention.relative]
    views = []
    for first, last in doc.sentences:
        found = [mention for mention in mentions if first <= mention.first < last]
        if not found:
            continue
        tokens = tuple(
            TokenView(
                doc.slice(index, index + 1),
                doc.form(index),
                _entries(doc, index),
                tuple(
                    number for number, mention in enumerate(found, 1) if mention.first <= index < mention.last
                ),
            )
            for index in range(first, last)
        )
        start, end = doc.span(first, last)
        views.append(
            SentenceView(start, end, text[start:end], tokens, tuple(mention.claim(doc) for mention in found))
        )
    return views


def _entries(doc: Document, index: int) -> tuple[str, ...]:
    seen = []
    numeral = doc.words[index].numeral
    if numeral is not None:
        seen.append(numeral.id)
    for hit in doc.hits_at(index):
        more = hit.end - hit.start - 1
        seen.append(f"{hit.entry.id}+{more}" if more else hit.entry.id)
    return tuple(seen)
