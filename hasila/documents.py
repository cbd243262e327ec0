"""The documents that `hasila claims` reads: one plain text, or one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Final

from extract.dates import day_of, parse_published

_JSON_LINES: Final = (".jsonl", ".ndjson", ".jsonlines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to find claims in."""

    id: object
    """As the input has it (any JSON value); the name of the file for a plain text."""
    text: str
    title: str = ""
    published: date | None = None
    published_unread: str | None = None
    """A publication date that could not be read; relative dates in the text then stay open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenLine:
    """A line that is no document."""

    number: int
    """Counted from 1."""
    reason: str


def is_json_lines(text: str, name: str) -> bool:
    """Whether an input is JSON lines: by the name of the file, else because its first line begins an object."""
    return PurePath(name).suffix.lower() in _JSON_LINES or text.lstrip().startswith("{")


def read_json_lines(text: str) -> Iterator[Document | BrokenLine]:
    """Yield a document or the reason why there is none for every line that is not blank.

    Lines end with `\\n` only: JSON strings may hold U+2028 as it is.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            yield BrokenLine(number=number, reason=f"is no JSON ({reason})")
            continue
        yield _document(number, value)


def _document(number: int, value: object) -> Document | BrokenLine:
    if not isinstance(value, dict):
        return BrokenLine(number=number, reason="is no JSON object")
    for key, required in (("text", True), ("title", False), ("published", False)):
        found = value.get(key)
        if not isinstance(found, str) and (required or found is not None):
            return BrokenLine(
                number=number, reason=f'"{key}" is {"missing" if found is None else "no string"}'
            )
    raw = value.get("published") or ""
    published = parse_published(raw) if raw.strip() else None
    return Document(
        id=value.get("id"),
        text=value["text"],
        title=value.get("title") or "",
        published=day_of(published) if published else None,
        published_unread=raw if raw.strip() and published is None else None,
    )
