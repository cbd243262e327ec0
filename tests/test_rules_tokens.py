"""Tokens: where they stand in a text as written, and that what is remembered of it changes nothing."""

from __future__ import annotations

import pytest

from rules import extract_claims, tokens
from rules.document import TABLE, Document
from rules.tokens import tokenise

TEXT = "بلغ العـدد 12,5 مليون\u00a0شخص (أي 30%).\n\nوفي سنة 2024، ارتفع بـ7 ملايين."


def forms(text: str) -> list[str]:
    """The tokens as they are written."""
    words, starts, ends = tokenise(text)
    assert len(words) == len(starts) == len(ends)
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def test_every_token_stands_where_it_is_written() -> None:
    assert forms(TEXT) == [
        *("بلغ", "العـدد", "12,5", "مليون", "شخص", "(", "أي", "30", "%", ")", ".", "\n", "\n"),
        *("وفي", "سنة", "2024", "،", "ارتفع", "ب", "7", "ملايين", "."),
    ]


@pytest.mark.parametrize("text", ["", " ", "\n", "  \n ", "\u200f", " 5", "5 "])
def test_spaces_and_marks_alone_are_no_tokens(text: str) -> None:
    assert forms(text) == [sign for sign in text if sign in "\n5"]


def test_what_touches_what_does_not_depend_on_marks_that_are_not_seen() -> None:
    doc = Document("بـ7 و 8")
    assert [doc.glued(index) for index in range(len(doc))] == [False, True, False, False]
    assert doc.spaced(3)


def test_a_memory_that_is_full_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = extract_claims(TEXT), forms(TEXT)
    monkeypatch.setattr(tokens, "MOST_PIECES", 3)
    assert all((extract_claims(TEXT), forms(TEXT)) == before for _ in range(3))
    assert len(before[0]) == 4


def test_long_pieces_are_not_remembered() -> None:
    piece = "7" * (tokens.LONGEST_PIECE + 1)
    assert forms(piece) == [piece]
    assert piece not in tokens._PIECES  # the memory must stay small whatever is read


def test_the_midst_of_a_table_is_left_out() -> None:
    assert Document("7 " * 100).numerals == [*range(TABLE), *range(100 - TABLE, 100)]
    assert Document("7 في " * 100).numerals == list(range(0, 200, 2))
