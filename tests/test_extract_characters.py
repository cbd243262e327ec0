"""What happens to characters: stored text keeps what was published, folding is for comparisons."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extract.characters import _FOLD, fold, key, tidy


@pytest.mark.parametrize(
    ("raw", "tidied"),
    [
        ("  قال\n\t الوزير\xa0إن ", "قال الوزير إن"),
        ("\u200fعشرة\u200e \u202bدراهم\u202c\ufeff", "عشرة دراهم"),
        ("ﻋﺸﺮﺓ ﻣﻼﻳﻴﻦ", "عشرة ملايين"),
        ("«الدعم» “أمو-تضامن” 22,5 ٪ ـ ٢٠٢٥", "«الدعم» “أمو-تضامن” 22,5 ٪ ـ ٢٠٢٥"),
        ("الْحُكُومَة", "الْحُكُومَة"),
        ("½ ﬁ ①", "½ ﬁ ①"),  # NFKC is for Arabic glyphs only
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("क्‍ष", "क्‍ष"),  # joiners are spelling in Indic scripts
        ("", ""),
    ],
)
def test_tidy(raw: str, tidied: str) -> None:
    assert tidy(raw) == tidied
    assert tidy(tidied) == tidied


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "Z", "M"]), max_size=60))
def test_tidy_keeps_every_letter(text: str) -> None:
    tidied = tidy(text)
    assert tidy(tidied) == tidied
    normal = unicodedata.normalize("NFKC", text)
    assert all(letter in tidied for letter in text if letter.isalpha() and letter in normal)


@given(st.text(alphabet="أإآٱىئؤةـًَّ٠١٢۳ابتثABC 12", max_size=40))
def test_both_ways_to_fold_agree(text: str) -> None:
    assert fold(text) == text.translate(_FOLD).lower()


def test_key_holds_words_only() -> None:
    assert key("  «إقرأ  أيضاً»: المَزِيد!  ") == "اقرا ايضا المزيد"
