"""Which date of a sentence dates which of its quantities."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.anchoring import anchor
from rules.document import Document
from rules.lexicon import FOLDER, read_table
from rules.mentions import Mention

CORPUS = Path(__file__).parent / "fixtures/corpus/anchoring.toml"
EXAMPLES = tomllib.loads(CORPUS.read_text(encoding="utf-8"))["example"]


def mention_of(doc: Document, text: str, after: int, kind: str) -> Mention:
    """The expression `text` of a document, first found from code point `after`."""
    start = doc.text.index(text, after)
    end = start + len(text)
    inside = [
        index
        for index in range(len(doc))
        if doc.span(index, index + 1)[0] < end and start < doc.span(index, index + 1)[1]
    ]
    return Mention(first=inside[0], last=inside[-1] + 1, kind=kind, start=start, end=end)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def read(example: dict[str, Any]) -> list[Mention]:
    """The anchored quantities of an example."""
    doc = Document(example["text"], date(2026, 1, 1))
    mentions: list[Mention] = []
    after = 0
    for text, start, end, relation in example["dates"]:
        when = mention_of(doc, text, after, "date")
        when.when_start, when.when_end, when.when_relation = day(start), day(end), relation or None
        when.precision = "year" if text.isdigit() else None
        when.relative = not any(letter.isdigit() for letter in text)
        mentions.append(when)
        after = when.end
    after = 0
    for text in example["expect"]:
        quantity = mention_of(doc, text, after, example.get("kinds", {}).get(text, "count"))
        quantity.change = example.get("change", {}).get(text)
        quantity.unit = example.get("units", {}).get(text)
        mentions.append(quantity)
        after = quantity.end
    mentions.sort(key=lambda mention: mention.start)
    anchor(doc, mentions)
    return [mention for mention in mentions if not mention.is_date]


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["text"][:40] for example in EXAMPLES])
def test_corpus(example: dict[str, Any]) -> None:
    found = {
        example["text"][quantity.start : quantity.end]: " ".join(
            (str(quantity.when_start or ""), str(quantity.when_end or ""), quantity.when_relation)
        )
        if quantity.when_relation
        else ""
        for quantity in read(example)
    }
    assert found == example["expect"]


def test_every_entry_has_an_example() -> None:
    used = {hit.entry.name for example in EXAMPLES for hit in Document(example["text"]).group("anchoring")}
    assert set(read_table(FOLDER / "anchoring.toml")["anchoring"]) - used == set()


def test_says_which_rule() -> None:
    (quantity,) = read(
        {
            "text": "بلغ العدد 300 خيمة سنة 2020",
            "dates": [["سنة 2020", "2020-01-01", "2020-12-31", "during"]],
            "expect": {"300 خيمة": ""},
        }
    )
    assert quantity.rules == ["anchoring.same_part"]


def test_another_sentence_dates_nothing() -> None:
    (quantity,) = read(
        {
            "text": "فتح المركز سنة 2020. ويضم 300 سرير",
            "dates": [["سنة 2020", "2020-01-01", "2020-12-31", "during"]],
            "expect": {"300 سرير": ""},
        }
    )
    assert quantity.when_relation is None
