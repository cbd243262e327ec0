"""Folding and the way back."""

from __future__ import annotations

import pytest
from camel_tools.utils.charsets import AR_DIAC_CHARSET

from rules.normalise import DROPPED, fold, normalise


def test_every_diacritic_of_camel_tools_is_dropped() -> None:
    assert AR_DIAC_CHARSET <= DROPPED


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("أإآٱ", "اااا"),
        ("مئة مائة", "ميه مايه"),
        ("مستشفى", "مستشفي"),
        ("مُلايِين", "ملايين"),
        ("مـلـيـون", "مليون"),
        ("٢٢٫٥ ۲۲", "22٫5 22"),
        ("ﻋﺸﺮﺓ", "عشره"),
        ("ﻻ", "لا"),
        ("م²", "م2"),
        ("“AMO–TNS”", '"amo-tns"'),
        ("\u200fدرهم\u202c", "درهم"),
        ("ا\u0654سرة", "اسره"),
        ("٪", "%"),
    ],
)
def test_fold(written: str, folded: str) -> None:
    assert fold(written) == folded
    assert normalise(written).text == folded


@pytest.mark.parametrize("text", ["بـ7 مُلايين أسـرة ﻋﺸﺮﺓ", "22,5 مليون", "ﻻ 5", "", "\u202b٣\u202c"])
def test_every_folded_letter_knows_where_it_came_from(text: str) -> None:
    found = normalise(text)
    for place, letter in enumerate(found.text):
        start, end = found.origin(place, place + 1)
        assert letter in fold(text[start:end])
    assert found.origin(0, len(found.text)) <= (len(text), len(text))
