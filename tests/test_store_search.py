"""Search: spellings and particles do not hide a word, syntax is text, snippets are the original's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_samples import article, later, save

from extract.records import Article
from store import Store, StoreError
from store.arabic import fold, forms, readings, words
from store.upkeep import check, rebuild


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "hasila.db") as opened:
        yield opened


def put(store: Store, *texts: str, title: str = "خبر") -> None:
    for number, body in enumerate(texts):
        save(store, article(body, f"https://a.example/{number}", title=title))


def found(store: Store, query: str) -> bool:
    return bool(store.search(query))


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("عدد والمستفيدين", "المستفيدين"),
        ("عدد المستفيدين", "والمستفيدين"),
        ("عدد مستفيدين", "المستفيدين"),
        ("عدد المستفيدين", "مستفيدين"),
        ("استفاد من الدعم", "بالدعم"),
        ("مطالب بالدعم", "الدعم"),
        ("مطالب وبالدعم", "دعم"),
        ("للأسر الهشة", "الأسر"),
        ("للأسر الهشة", "أسر"),
        ("لأسر هشة", "أسر"),
        ("ولأسر هشة", "أسر"),
        ("وزارة الصحة", "الوزارة"),
        ("الوزارة الوصية", "وزارة"),
        ("برنامج مدته سنة", "البرنامج"),
        ("البرنامج", "برنامج"),
        ("أُسَرٌ مُعْوِزَة", "اسر معوزه"),
        ("اسر معوزه", "أُسَرٌ مُعْوِزَة"),
        ("الـــدعــم المـباشر", "الدعم المباشر"),
        ("المستشفى", "المستشفي"),
        ("مسؤول", "مسوول"),
        ("٥٠٠ درهم", "500"),
        ("500 درهم", "٥٠٠"),
        ("ﻷﺳﺮ", "لأسر"),
        ("الدعم\u200f المباشر", "الدعم المباشر"),
        ("برنامج RAMED الصحي", "ramed"),
        ("CNSS", "cnss"),
    ],
)
def test_spelling_and_particles_do_not_hide_a_word(store: Store, body: str, query: str) -> None:
    put(store, body)
    assert found(store, query)


@pytest.mark.parametrize(
    ("body", "query"),
    [
        ("عدد المستفيدين", "المستفيدات"),
        ("الدعم", "الدعم المباشر"),
        ("في سنة 2024", "2023"),
        ("ولد الرجل", "لد"),
    ],
)
def test_other_words_are_not_found(store: Store, body: str, query: str) -> None:
    put(store, body)
    assert not found(store, query)


def test_every_word_must_be_there_and_a_phrase_in_its_order(store: Store) -> None:
    put(store, "الدعم الاجتماعي المباشر", "المباشر من الدعم", "للدعم المباشر", "بلا شيء")
    for query, numbers in {
        "الدعم المباشر": {0, 1, 2},
        '"الدعم المباشر"': {2},
        "«الدعم الاجتماعي» المباشر": {0},
        '"المباشر من الدعم"': {1},
        '"الدعم شيء"': set(),
    }.items():
        assert {int(hit.url[-1]) for hit in store.search(query)} == numbers, query


def test_related_forms_are_those_of_the_caller(store: Store) -> None:
    put(store, "استفادت الأسر", "عدد العائلات")
    assert not found(store, "أسرة")
    asked = []

    def related(form: str) -> list[str]:
        asked.append(form)
        return ["أسر"] if form == "اسره" else []

    assert [hit.url[-1] for hit in store.search("الأسرة", related=related)] == ["0"]
    assert asked == ["اسره"]


@pytest.mark.parametrize(
    "query",
    [
        'الدعم" OR 1',
        "الدعم)",
        "(الدعم",
        "الدعم*",
        "title:الدعم",
        "-الدعم",
        "NEAR(الدعم)",
        "الدعم ^",
        "الدعم'; DROP TABLE articles; --",
        '"الدعم',
        "الدعم +",
        "{title} : الدعم",
        "الدعم\0",
    ],
)
def test_the_syntax_of_the_index_is_text(store: Store, query: str) -> None:
    put(store, "الدعم الاجتماعي title OR 1 NEAR drop table articles")
    assert found(store, query), query
    assert len(store.rows("SELECT 1 FROM articles")) == 1


@pytest.mark.parametrize("query", ["", " ", '""', "…", "*", "«»", "\u064b"])
def test_a_query_without_a_word(store: Store, query: str) -> None:
    put(store, "الدعم")
    with pytest.raises(StoreError, match="give one word or more"):
        store.search(query)


def test_the_bare_words_of_the_syntax_are_words(store: Store) -> None:
    put(store, "AND", "OR", "NOT NEAR")
    for number, query in enumerate(("AND", "or", "NOT near")):
        assert [int(hit.url[-1]) for hit in store.search(query)] == [number]


def test_days_sites_and_the_number_of_hits(store: Store) -> None:
    for day in range(1, 6):
        save(
            store,
            article(
                "الدعم",
                f"https://{'ab'[day % 2]}.example/{day}",
                site=f"{'ab'[day % 2]}.example",
                published_at=datetime(2025, 1, day, 12, tzinfo=UTC),
                source_name="العلم" if day == 5 else None,
            ),
        )
    save(store, article("الدعم", "https://c.example/9", published_at=None))

    def days(**options: object) -> list[str]:
        return sorted(hit.url[-1] for hit in store.search("الدعم", **options))  # type: ignore[arg-type]

    assert days() == ["1", "2", "3", "4", "5", "9"]
    assert days(since=date(2025, 1, 3)) == ["3", "4", "5"]
    assert days(since=date(2025, 1, 2), until=date(2025, 1, 3)) == ["2", "3"]
    assert days(site="b.example") == ["1", "3", "5"]
    assert days(site="العلم") == ["5"]
    assert days(site="b.example' OR 1") == []
    assert len(days(limit=2)) == 2
    assert days(limit=0) == []


def test_the_latest_text_and_title_are_searched(store: Store) -> None:
    save(store, article("الدعم الأول", title="قديم"))
    save(store, article("المعاش الثاني", title="قديم"), read_at=later(1))
    assert (found(store, "الدعم"), found(store, "المعاش")) == (False, True)
    save(store, article("المعاش الثاني", title="جديد"), read_at=later(2))
    assert (found(store, "قديم"), found(store, "جديد")) == (False, True)


def test_a_word_in_the_title_comes_first(store: Store) -> None:
    save(store, article("نص عن السكن", "https://a.example/0", title="خبر"))
    save(store, article("نص آخر طويل قليلا", "https://a.example/1", title="السكن"))
    assert [hit.url[-1] for hit in store.search("السكن")] == ["1", "0"]


def test_a_snippet_is_cut_from_the_text_with_its_marks(store: Store) -> None:
    before, after = "كلمة قبلها ومثلها " * 40, " وكلمة بعدها ومثلها" * 40
    put(store, f"{before}وَصَلَ الدَّعْمُ إلى لِلأُسَرِ المُعْوِزَة{after}")
    (hit,) = store.search("الدعم الأسر")
    assert "وَصَلَ الدَّعْمُ إلى لِلأُسَرِ المُعْوِزَة" in hit.snippet
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["الدَّعْمُ", "لِلأُسَرِ"]
    (row,) = store.rows("SELECT body FROM revisions")
    assert row["body"][hit.start : hit.end] == hit.snippet
    assert len(hit.snippet) <= 170
    whole = {form for _, _, form in words(row["body"])}
    assert {form for _, _, form in words(hit.snippet)} <= whole  # no word is cut


@pytest.mark.parametrize(
    "body", ["الدعم", "أ" * 500 + " الدعم " + "ب" * 500, "الدعم " + "ب" * 500, "أ" * 500 + " الدعم"]
)
def test_snippets_of_odd_texts_hold_the_word(store: Store, body: str) -> None:
    put(store, body)
    (hit,) = store.search("الدعم")
    assert [hit.snippet[start:end] for start, end in hit.marks] == ["الدعم"]
    assert body[hit.start : hit.end] == hit.snippet


def test_where_only_the_title_has_the_word_the_snippet_is_the_beginning(store: Store) -> None:
    put(store, "نص عن شيء آخر تماما.", title="الدعم")
    (hit,) = store.search("الدعم")
    assert (hit.snippet, hit.marks) == ("نص عن شيء آخر تماما.", ())


def test_words_are_where_they_are_in_the_text() -> None:
    text = "قالَ «الوَزيــر»: ٥٠٠ ﻷﺳﺮ\u200f، x_y"
    assert [text[start:end] for start, end, _ in words(text)] == [
        "قالَ",
        "الوَزيــر",
        "٥٠٠",
        "ﻷﺳﺮ\u200f",
        "x_y",
    ]
    assert list(forms(text)) == [form for _, _, form in words(text)]
    assert fold(fold("الوَزيــر")) == fold("الوزير")


@given(st.text(st.sampled_from("أىةؤ ـ\u064b\u200f._-x²Aİßﻷﷺ٥½گ\n«كلe\u0301")))
def test_the_words_of_a_text_are_the_same_at_once_and_one_by_one(text: str) -> None:
    assert list(forms(text)) == [form for _, _, form in words(text)]


def test_a_word_has_few_readings() -> None:
    assert readings("والمستفيدين") == ("والمستفيدين", "المستفيدين", "مستفيدين")
    assert max(len(readings(form)) for form in forms("وبالدعم فللأسر وكبرنامج ولوالديه وفوو بب و")) <= 4


def undone(store: Store, what: Article, *, whole: bool) -> None:
    with suppress(KeyError), store.transaction(whole=whole):
        save(store, what)
        raise KeyError


def test_what_is_undone_is_not_found(store: Store) -> None:
    first, second, third, fourth = (
        article(body, url=f"https://a.test/{body}", title="")
        for body in ("الدعم", "السكن", "التعليم", "الرعاية")
    )
    with store.transaction():
        save(store, first)
        undone(store, second, whole=True)
        save(store, third)
    undone(store, fourth, whole=False)
    assert [len(store.search(each.body)) for each in (first, second, third, fourth)] == [1, 0, 1, 0]
    assert not list(check(store))


def test_an_article_edited_in_the_transaction_that_stored_it_is_found_by_its_last_text(store: Store) -> None:
    with store.transaction():
        save(store, article("الدعم", title=""))
        save(store, article("السكن", title=""), read_at=later(1))
    assert [len(store.search(word)) for word in ("الدعم", "السكن")] == [0, 1]


def test_an_index_made_anew_in_the_transaction_that_stored_an_article_holds_it_once(store: Store) -> None:
    with store.transaction():
        save(store, article("الدعم", title=""))
        rebuild(store)
    # The first number of this block is that of the texts (sqlite.org/fts5.html, "The Averages Record").
    ((counts,),) = store.db.execute("SELECT block FROM _search_data WHERE id = 1").fetchall()
    assert counts[0] == 1
