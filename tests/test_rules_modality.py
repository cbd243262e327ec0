"""Modality by clause: every cue of the lexicon in a sentence, and what must not be read as one."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from rules.document import Document
from rules.lexicon import FOLDER, read_table
from rules.mentions import Mention
from rules.modality import is_future_verb, set_modality

CORPUS = Path(__file__).parent / "fixtures/corpus/modality.toml"
EXAMPLES = tomllib.loads(CORPUS.read_text(encoding="utf-8"))["example"]
COVERED_BY_CODE = {"no_future"}


def mention_of(doc: Document, text: str, after: int, kind: str) -> Mention:
    """The quantity `text` of a document, first found from code point `after`."""
    start = doc.text.index(text, after)
    end = start + len(text)
    inside = [
        index
        for index in range(len(doc))
        if doc.span(index, index + 1)[0] < end and start < doc.span(index, index + 1)[1]
    ]
    return Mention(first=inside[0], last=inside[-1] + 1, kind=kind, start=start, end=end)


def read(example: dict[str, Any]) -> list[Mention]:
    doc = Document(example["text"], example.get("published"))
    mentions: list[Mention] = []
    for text in example["expect"]:
        after = mentions[-1].end if mentions else 0
        mention = mention_of(doc, text, after, example.get("kinds", {}).get(text, "count"))
        mention.change = example.get("change", {}).get(text)
        if text in example.get("dates", {}):
            mention.when_start = mention.when_end = example["dates"][text]
            mention.when_relation = "on"
        mentions.append(mention)
    set_modality(doc, mentions)
    return mentions


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["text"][:40] for example in EXAMPLES])
def test_corpus(example: dict[str, Any]) -> None:
    found = {mention.start: mention.modality for mention in read(example)}
    assert list(found.values()) == list(example["expect"].values())


def test_every_entry_has_an_example() -> None:
    used = {hit.entry.name for example in EXAMPLES for hit in Document(example["text"]).group("modality")}
    assert set(read_table(FOLDER / "modality.toml")["modality"]) - used - COVERED_BY_CODE == set()


@pytest.mark.parametrize(
    "form", ["سيتم", "وستصل", "فسنقوم", "سأعمل", "ستستفيدون", "غاتكون", "وغايعطي", "سيبلغان"]
)
def test_future_verbs(form: str) -> None:
    assert is_future_verb(Document(form), 0)


@pytest.mark.parametrize(
    "form",
    [
        *read_table(FOLDER / "modality.toml")["modality"]["no_future"]["forms"],
        *(
            "سيارات",
            "وسياسية",
            "سنويا",
            "سنوات",
            "سياحية",
            "ستيفان",
            "سيطرته",
            "سابق",
            "ساعد",
            "سألته",
            "غازي",
        ),
    ],
)
def test_no_future_verbs(form: str) -> None:
    assert not is_future_verb(Document(form), 0)


def test_says_which_rule() -> None:
    doc = Document("يعتزم المكتب بناء 4 محطات")
    mention = mention_of(doc, "4 محطات", 0, "count")
    set_modality(doc, [mention])
    assert mention.rules == ["modality.aim"]


def test_leaves_dates_alone() -> None:
    doc = Document("سيفتح المركز سنة 2027")
    date = mention_of(doc, "سنة 2027", 0, "date")
    set_modality(doc, [date])
    assert date.modality is None
