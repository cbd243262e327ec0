"""Indicators: every number of the corpus gets the series that the text ties it to, and no other."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from rules.catalogue import load_catalogue
from rules.changes import set_changes
from rules.document import Document
from rules.indicators import Indicator, assign_indicators, catalogue
from rules.lexicon import FOLDER, LexiconError, alternatives, read_table
from rules.mentions import Mention
from rules.quantities import find_quantities
from rules.rates import set_rates
from rules.words import CLASSES

FIXTURES = Path(__file__).parent / "fixtures/corpus"
CORPUS = tomllib.loads((FIXTURES / "indicators.toml").read_text(encoding="utf-8"))
CLAIMS = [
    example
    for path in sorted(FIXTURES.glob("claims/indicators_*.toml"))
    for example in tomllib.loads(path.read_text(encoding="utf-8"))["example"]
]
CUES = read_table(FOLDER / "programmes.toml") | read_table(FOLDER / "measures.toml")


def read(text: str, title: str = "") -> list[Mention]:
    doc = Document(text)
    mentions = sorted(find_quantities(doc, []), key=lambda mention: mention.first)
    set_changes(doc, mentions)
    set_rates(doc, mentions)
    assign_indicators(doc, mentions, title)
    return mentions


def slugs(text: str, title: str = "") -> dict[str, str]:
    return {text[m.start : m.end]: m.indicator or "" for m in read(text, title)}


def stands(doc: Document, group: str, name: str) -> bool:
    """Whether the entry is read anywhere in the document."""
    if group in CLASSES:
        return any(group in word.classes for word in doc.words)
    return any(hit.entry.name == name for hit in doc.group(group))


def entries() -> Iterator[tuple[str, str, dict[str, object]]]:
    for group, tables in CUES.items():
        for name, table in tables.items():
            yield group, name, table


@pytest.mark.parametrize("example", CORPUS["example"], ids=lambda example: example["text"][:40])
def test_every_example_of_the_corpus(example: dict[str, object]) -> None:
    found = slugs(str(example["text"]), str(example.get("title", "")))
    expect = example["expect"]
    assert isinstance(expect, dict)
    assert not expect.keys().isdisjoint(found)
    assert {text: slug for text, slug in expect.items() if text in found} == {
        text: slug for text, slug in found.items() if text in expect
    }


def test_the_corpus_has_an_example_of_every_indicator() -> None:
    expected = {slug for example in CORPUS["example"] for slug in example["expect"].values()}
    assert expected - {""} == {indicator.slug for indicator in catalogue()}


def test_every_entry_of_the_cue_file_stands_in_an_example() -> None:
    docs = [Document(text) for e in (*CORPUS["example"], *CLAIMS) for text in (e["text"], e.get("title", ""))]
    assert [f"{g}.{n}" for g, n, _ in entries() if not any(stands(doc, g, n) for doc in docs)] == []


def test_every_form_of_the_cue_file_is_read_as_what_it_is() -> None:
    shadowed = []
    for group, name, table in entries():
        forms = table["forms"]
        assert isinstance(forms, list)
        for form in (phrase for written in forms for phrase in alternatives(written)):
            doc = Document(form.replace("=", ""))
            if not stands(doc, group, name):
                shadowed.append(f"{group}.{name}: {form}")
    assert shadowed == []


def test_no_form_stands_in_two_entries_of_a_group() -> None:
    seen: dict[tuple[str, str], str] = {}
    for group, name, table in entries():
        forms = table["forms"]
        assert isinstance(forms, list)
        for form in (phrase for written in forms for phrase in alternatives(written)):
            assert seen.setdefault((group, form), name) == name, form


def test_the_catalogue_only_names_what_the_cue_file_has() -> None:
    for indicator in catalogue():
        assert set(indicator.programmes) <= CUES["programme"].keys(), indicator.slug
        assert {*indicator.said, *indicator.carried_by} <= CUES["measure"].keys(), indicator.slug
        assert indicator.slug.count(".") == 1
        assert all((indicator.label_ar, indicator.label_fr, indicator.label_en))
    measures = {name for indicator in catalogue() for name in (*indicator.said, *indicator.carried_by)}
    assert measures == CUES["measure"].keys()


def test_labels_and_slugs_are_unique() -> None:
    for key in ("slug", "label_ar", "label_fr", "label_en"):
        values = [getattr(indicator, key) for indicator in catalogue()]
        assert len(set(values)) == len(values)


def test_an_indicator_leaves_the_rule_that_found_it() -> None:
    (mention,) = read("استفادت 3 ملايين أسرة من الدعم الاجتماعي المباشر")
    assert mention.indicator == "asd.households"
    assert mention.rules[-1] == "indicator.joined"


def test_a_text_without_a_programme_gets_none() -> None:
    assert set(slugs("حضر 22 ألف متفرج وصرفت 3 ملايين درهم").values()) == {""}
    assert set(slugs("حضر 22 ألف متفرج وصرفت 3 ملايين درهم", "الرجاء يفوز").values()) == {""}
    assert slugs("") == {}


def test_the_cost_grows_with_the_text() -> None:
    text = "أمو تضامن 30 ألف شخص، " * 3000
    found = read(text)
    assert len(found) == 3000
    assert found[-1].indicator == "amo_tadamon.beneficiaries"


CATALOGUE_ROW = """
[[indicator]]
slug = "asd.households"
label_ar = "الأسر"
label_fr = "Ménages"
label_en = "Households"
kind = "count"
programmes = ["asd"]
units = ["household"]
"""


def test_a_catalogue_is_read(tmp_path: Path) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text(CATALOGUE_ROW, encoding="utf-8")
    assert load_catalogue(path) == (
        Indicator("asd.households", "الأسر", "Ménages", "Households", "count", ("asd",), ("household",)),
    )


BROKEN = [
    ('kind = "count"', 'kind = "number"', "kind"),
    ('label_fr = "Ménages"', "", "label_fr"),
    ('programmes = ["asd"]', "programmes = []", "programmes"),
    ('units = ["household"]', "", "units"),
    ('units = ["household"]', 'units = "household"', "units"),
    ('units = ["household"]', 'units_if_said = ["household"]', "said"),
    ('kind = "count"', 'kind = "count"\nleast = "many"', "least"),
    ('kind = "count"', 'kind = "count"\ncolour = "red"', "colour"),
]


@pytest.mark.parametrize(("was", "now", "key"), BROKEN)
def test_a_broken_catalogue_is_named_with_line_and_key(was: str, now: str, key: str, tmp_path: Path) -> None:
    path = tmp_path / "indicators.toml"
    other = CATALOGUE_ROW.replace("asd.households", "asd.children")
    path.write_text(other + CATALOGUE_ROW.replace(was, now), encoding="utf-8")
    with pytest.raises(LexiconError, match=key) as caught:
        load_catalogue(path)
    assert f"{path}:11: [[indicator]] asd.households" in str(caught.value)


def test_a_slug_that_stands_twice_and_an_empty_catalogue_are_named(tmp_path: Path) -> None:
    path = tmp_path / "indicators.toml"
    path.write_text(CATALOGUE_ROW * 2, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"asd\.households: `slug` stands twice"):
        load_catalogue(path)
    path.write_text("", encoding="utf-8")
    with pytest.raises(LexiconError, match="no \\[\\[indicator"):
        load_catalogue(path)
