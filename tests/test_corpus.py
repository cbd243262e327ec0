"""The corpus of examples: what the rules must find in a sentence, and what they must not.

`tests/fixtures/corpus/claims/*.toml` holds `[[example]]` tables: `text`, `published` where a date leans on it, and
`claims`, every claim of the text in order, each with `text` and the fields that the example is about ("" for none).
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules import Claim, extract_claims

CLAIMS = Path(__file__).parent / "fixtures" / "corpus" / "claims"


def _examples() -> list[Any]:
    found = []
    for path in sorted(CLAIMS.glob("*.toml")):
        for number, example in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["example"], 1):
            found.append(pytest.param(example, id=f"{path.stem}-{number}"))
    return found


def _shown(claim: Claim, wanted: dict[str, Any]) -> dict[str, Any]:
    """The fields of `claim` that an example states, in its writing."""
    shown: dict[str, Any] = {}
    for key, want in wanted.items():
        value = getattr(claim, key)
        if value is None:
            value = ""
        elif isinstance(value, date) and isinstance(want, str):
            value = value.isoformat()
        elif isinstance(value, tuple):
            value = list(value)
        shown[key] = value
    return shown


@pytest.mark.parametrize("example", _examples())
def test_example(example: dict[str, Any]) -> None:
    found = extract_claims(example["text"], published=example.get("published"))
    wanted = example["claims"]
    assert [claim.text for claim in found] == [claim["text"] for claim in wanted]
    assert [_shown(claim, want) for claim, want in zip(found, wanted, strict=True)] == wanted


def test_spans_hold_their_text() -> None:
    for parameter in _examples():
        text = parameter.values[0]["text"]
        assert all(text[claim.start : claim.end] == claim.text for claim in extract_claims(text))
