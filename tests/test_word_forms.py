"""Singular and plural find each other, and words of the same meaning do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_samples import article, save

from hasila.word_forms import related
from store import Store

PAIRS = """
مستفيد مستفيدين / مستفيد مستفيدات / أسرة أسر / شخص أشخاص / طفل أطفال / امرأة نساء / المرأة النساء / عامل عمال
متقاعد متقاعدين / متقاعد متقاعدون / أرملة أرامل / يتيم أيتام / يتيم يتامى / أجير أجراء / تلميذ تلاميذ / طالب طلبة
طالب طلاب / أستاذ أساتذة / فلاح فلاحين / عائلة عائلات / فرد أفراد / مواطن مواطنين / مؤمن مؤمنين / منخرط منخرطين
مسجل مسجلين / طبيب أطباء / شاب شباب / مسن مسنين / معاق معاقين / مريض مرضى / عضو أعضاء / ملف ملفات / مدرسة مدارس
مستشفى مستشفيات / برنامج برامج / مشروع مشاريع / إقليم أقاليم / بلد بلدان / مدينة مدن / شقة شقق / صوت أصوات
درهم دراهم / يوم أيام / شهر أشهر / سنة سنوات / رجل رجال / مقاولة مقاولات / وظيفة وظائف / قرية قرى
"""
FORMS = [tuple(pair.split()) for line in PAIRS.split("\n") for pair in line.split(" / ") if pair]


def test_each_form_finds_the_other(tmp_path: Path) -> None:
    with Store.open(tmp_path / "n.db") as store:
        with store.transaction():
            for word in {word for pair in FORMS for word in pair}:
                save(store, article(f"حديث عن {word} هنا", f"https://a.example/{word}", title="خبر"))
        for one, other in (*FORMS, *(pair[::-1] for pair in FORMS)):
            found = {hit.url.rpartition("/")[2] for hit in store.search(one, related=related, limit=50)}
            assert {one, other} <= found, (one, other, found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("أسرة", "عائلة"),
        ("شخص", "فرد"),
        ("سنة", "عام"),
        ("عامل", "مهني"),
        ("مستفيد", "منخرط"),
        ("دولة", "بلد"),
    ],
)
def test_words_of_one_unit_are_other_words(tmp_path: Path, one: str, other: str) -> None:
    with Store.open(tmp_path / "n.db") as store:
        save(store, article(f"حديث عن {other} هنا", title="خبر"))
        assert store.search(one, related=related) == []
