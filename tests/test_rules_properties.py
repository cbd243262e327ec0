"""What holds for every text: spans, Unicode forms, spellings of digits and spaces, and numbers in words."""

from __future__ import annotations

import unicodedata
from datetime import date
from itertools import pairwise

from arabic_numerals import in_words
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules import Claim, extract_claims, parse_numeral
from rules.document import Document
from rules.lexicon import alternatives, load_entries

_DAY = date(2025, 9, 17)
_FORMS = sorted(
    {
        choice.replace("=", "")
        for _, forms in load_entries()
        for form in forms
        for choice in alternatives(form)[:2]
    }
)
_NUMBERS = [
    "22,5",
    "1.533.600",
    "102.000",
    "40",
    "3",
    "12 500",
    "0,58",
    "2024",
    "10-04-2023",
    "5.500.000.00",
    "٢٢٫٥",
    "%",
]
_GLUE = [" ", " ", " ", "، ", ". ", " و", " ب", "\n", "", "(", ") ", " - ", "\u00a0", "ـ", "\u0651", "\u202b"]

pieces = st.one_of(st.sampled_from(_FORMS), st.sampled_from(_NUMBERS), st.text(max_size=4))
texts = st.lists(st.tuples(pieces, st.sampled_from(_GLUE)), max_size=30).map(
    lambda parts: "".join(piece + glue for piece, glue in parts)
)
sentences = st.sampled_from(
    [
        "بلغ عدد المسجلين حوالي 22,5 مليون شخص إلى حدود متم غشت 2025، مقابل 102.000 ملف خلال يوليوز 2024.",
        "ارتفعت الميزانية من 8,6 مليار درهم سنة 2021 إلى 24,3 مليار درهم، بزيادة قدرها 60 في المائة.",
        "ما بين ثلاثة وأربعة ملايين أسرة تستفيد من 500 درهم شهريا، وتتراوح الأعمار بين 6 و18 سنة.",
        "لن تتجاوز الكلفة 1.533.600 درهم في أفق سنة 2030، أي مليار ونصف المليار سنتيم.",
    ]
)


def _meaning(claims: list[Claim]) -> list[tuple[object, ...]]:
    return [
        (
            c.kind,
            c.value,
            c.value_high,
            c.unit,
            c.qualifier,
            c.change,
            c.per,
            c.modality,
            c.when_start,
            c.when_end,
            c.indicator,
        )
        for c in claims
    ]


@settings(max_examples=200, deadline=None)
@given(texts)
@example("5" * 5000)
@example("99/99/9999 31 فبراير 2023 0 في المائة")
def test_spans_hold_their_text_and_nothing_crashes(text: str) -> None:
    end = 0
    for claim in extract_claims(text, published=_DAY):
        assert 0 <= claim.start < claim.end <= len(text)
        assert text[claim.start : claim.end] == claim.text
        assert claim.start >= end
        end = claim.end


@settings(max_examples=60, deadline=None)
@given(texts)
def test_unicode_form_does_not_matter(text: str) -> None:
    composed = extract_claims(unicodedata.normalize("NFC", text), published=_DAY)
    decomposed = extract_claims(unicodedata.normalize("NFD", text), published=_DAY)
    assert _meaning(composed) == _meaning(decomposed)


@settings(max_examples=60, deadline=None)
@given(sentences, st.data())
def test_diacritics_and_tatweel_do_not_matter(sentence: str, data: st.DataObject) -> None:
    marked = ""
    for char, following in zip(sentence, sentence[1:] + " ", strict=True):
        marked += char
        if "ء" <= char <= "ي" and "ء" <= following <= "ي":
            marked += data.draw(
                st.sampled_from(["", "", "", "\u064e", "\u0650", "\u0651", "\u0652", "\u0640"])
            )
    assert _meaning(extract_claims(marked, published=_DAY)) == _meaning(
        extract_claims(sentence, published=_DAY)
    )


@given(sentences)
def test_digits_of_either_script_read_alike(sentence: str) -> None:
    for zero in (0x0660, 0x06F0):
        arabic = sentence.translate({ord(str(digit)): chr(zero + digit) for digit in range(10)})
        assert _meaning(extract_claims(arabic, published=_DAY)) == _meaning(
            extract_claims(sentence, published=_DAY)
        )


@given(sentences)
def test_spaces_of_every_kind_read_alike(sentence: str) -> None:
    for space in ("\u00a0", "\u202f", "\u2009"):
        assert _meaning(extract_claims(sentence.replace(" ", space), published=_DAY)) == _meaning(
            extract_claims(sentence, published=_DAY)
        )


@settings(max_examples=400, deadline=None)
@given(
    st.one_of(st.integers(1, 2000), st.integers(1, 10**6), st.integers(1, 10**12)),
    st.booleans(),
    st.booleans(),
    st.sampled_from([" و", " و "]),
    st.sampled_from(["مائة", "مئة"]),
)
def test_numbers_in_words_read_back(
    number: int, feminine: bool, oblique: bool, join: str, hundred: str
) -> None:
    words = in_words(number, feminine=feminine, oblique=oblique, join=join, hundred=hundred)
    assert parse_numeral(words) == number, words


@given(texts)
def test_sentences_lie_in_order_inside_the_text(text: str) -> None:
    doc = Document(text)
    spans = [doc.span(start, end) for start, end in doc.sentences]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= two[0] for one, two in pairwise(spans))
