"""Who a figure is from, construction by construction."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.attribution import attribute
from rules.document import Document
from rules.lexicon import FOLDER, read_table
from rules.mentions import Mention

CORPUS = Path(__file__).parent / "fixtures/corpus/attribution.toml"
EXAMPLES = tomllib.loads(CORPUS.read_text(encoding="utf-8"))["example"]
GROUPS = ("citing", "saying", "speaker")


def mention_of(doc: Document, text: str, kind: str = "count") -> Mention:
    """The expression `text` of a document."""
    start = doc.text.index(text)
    end = start + len(text)
    inside = [
        index
        for index in range(len(doc))
        if doc.span(index, index + 1)[0] < end and start < doc.span(index, index + 1)[1]
    ]
    return Mention(first=inside[0], last=inside[-1] + 1, kind=kind, start=start, end=end)


def sources(text: str, *quantities: str) -> dict[str, str | None]:
    """The source of each quantity of a text."""
    doc = Document(text)
    mentions = [mention_of(doc, quantity) for quantity in quantities]
    attribute(doc, mentions)
    return {doc.text[mention.start : mention.end]: mention.source for mention in mentions}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["text"][:40] for example in EXAMPLES])
def test_example(example: dict[str, Any]) -> None:
    expected = {quantity: source or None for quantity, source in example["expect"].items()}
    assert sources(example["text"], *expected) == expected


def test_every_entry_is_in_an_example() -> None:
    table = read_table(FOLDER / "attribution.toml")
    entries = {f"{group}.{name}" for group in GROUPS for name in table[group]}
    used = {hit.entry.id for example in EXAMPLES for hit in Document(example["text"]).grouped(GROUPS)}
    assert entries - used == set()


def test_a_date_has_no_source() -> None:
    doc = Document("وأكد الوزير أن الورش سينتهي سنة 2026.")
    when = mention_of(doc, "سنة 2026", kind="date")
    attribute(doc, [when])
    assert (when.source, when.rules) == (None, [])


def test_the_rule_that_fired_is_kept() -> None:
    doc = Document("وأكد الوزير أن الورش كلف 3 ملايين درهم.")
    amount = mention_of(doc, "3 ملايين درهم")
    attribute(doc, [amount])
    assert amount.rules == ["saying.figure"]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("ووفقا لِوزارة الصحة، بلغ العدد 5 أسرة.", "وزارة الصحة"),
        ("ووفقا لـوزارة الصحة، بلغ العدد 5 أسرة.", "وزارة الصحة"),
        ("ووفقا للوزارة، بلغ العدد 5 أسرة.", "الوزارة"),
        ("وقال الوَزير إنّ العدد بلغ 5 أسرة.", "الوَزير"),
        ("وقال والي الجهة إن العدد بلغ 5 أسرة.", "والي الجهة"),
    ],
)
def test_the_source_is_spelt_as_in_the_text(text: str, source: str) -> None:
    assert sources(text, "5 أسرة") == {"5 أسرة": source}


@pytest.mark.parametrize(
    "text", ["5 قال", "وفق 5", '"5', "مضيفا 5", "سبق أن قال 5", "وفقا ل 5", "جاء في 5", "5 كما أكد"]
)
def test_half_a_sentence_has_no_source(text: str) -> None:
    assert sources(text, "5") == {"5": None}


def test_the_cost_grows_with_the_text_and_not_with_its_square() -> None:
    def seconds(count: int) -> float:
        doc = Document('قال الوزير إن 5 أسر، مضيفا أن "العدد، وفق البلاغ، ' * count)
        mentions = [
            Mention(first=index, last=index + 1, kind="count", start=0, end=1) for index in doc.numerals
        ]
        start = time.process_time()
        attribute(doc, mentions)
        return time.process_time() - start

    seconds(200)
    assert seconds(4000) < 40 * max(seconds(400), 0.005)
