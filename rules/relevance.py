"""Is an article about the reform of social protection? A weighted lexicon over title and body.

The names of the programmes are in `lexicon/topic.toml`, sorted into terms. Each term gives its weight times its
presence, which lies between 0 and 1: 1 - 2^-n for n occurrences in a body of `half_length` characters, fewer
counted in a longer one and more in a shorter one, so that a long article that says a name in passing does not pass
and a short one that is about it does. A term in the title adds its weight again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from rules.lexicon import FOLDER, LexiconError, alternatives, read_table
from rules.normalise import fold

_BREAK = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Relevance:
    """How much an article is about the reform."""

    score: float
    """From 0; about the reform from `threshold()` (1.0) on. An article that is about nothing else reaches 2 to 6."""
    hits: tuple[str, ...]
    """Names of the terms found (`topic.toml`), the weightiest first."""


@dataclass(frozen=True, slots=True)
class Topic:
    """The content of `topic.toml`, ready for use."""

    threshold: float
    half_length: float
    """Characters of body in which one occurrence counts as one."""
    title_share: float
    queries: tuple[str, ...]
    weights: Mapping[str, float]
    """Term → weight."""
    terms: Mapping[str, str]
    """Folded form (one space between words, with ال and with لل) → term."""
    pattern: re.Pattern[str]
    """Finds the forms; its only group is the form."""


def _fail(path: Path, key: str, message: str) -> LexiconError:
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next((number for number, text in enumerate(lines, 1) if key in text), 1)
    return LexiconError(f"{path}:{line}: {key}: {message}")


def _trie(forms: list[str]) -> str:
    """One regular expression for all forms, longest first, that never tries a beginning twice."""
    branches: dict[str, list[str]] = {}
    for form in forms:
        if form:
            branches.setdefault(form[0], []).append(form[1:])
    parts = [
        (r"\W{1,3}" if letter == " " else re.escape(letter)) + _trie(rests)
        for letter, rests in sorted(branches.items())
    ]
    if not parts:
        return ""
    inner = parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"
    return f"(?:{inner})?" if "" in forms else inner


def load_topic(path: Path = FOLDER / "topic.toml") -> Topic:
    """Read the lexicon of the topic.

    Raises:
        LexiconError: the file is broken; the message names file, line and key.
    """
    table = read_table(path)
    numbers: dict[str, float] = {}
    for key in ("threshold", "half_length", "title_share"):
        value = table.get(key)
        if not isinstance(value, int | float) or value <= 0:
            raise _fail(path, key, "must be a number above 0")
        numbers[key] = float(value)
    queries = table.get("queries")
    if not _strings(queries):
        raise _fail(path, "queries", "must be a list of strings, and not empty")
    weights: dict[str, float] = {}
    terms: dict[str, str] = {}
    for name, term in table.get("term", {}).items():
        key = f"[term.{name}]"
        weight = term.get("weight") if isinstance(term, dict) else None
        if not isinstance(weight, int | float) or not 0 <= weight <= 1:
            raise _fail(path, key, "`weight` must be a number from 0 to 1")
        if not _strings(term.get("forms")):
            raise _fail(path, key, "`forms` must be a list of strings, and not empty")
        weights[name] = float(weight)
        for written in term["forms"]:
            for alternative in alternatives(written):
                form = _BREAK.sub(" ", fold(alternative))
                if terms.setdefault(form, name) != name:
                    raise _fail(path, key, f"{written!r} is also a form of {terms[form]}")
    if not terms:
        raise _fail(path, "term", "there is no [term.NAME] table")
    # ل and ال contract to لل.
    terms.update({"لل" + form[2:]: name for form, name in terms.items() if form.startswith("ال")})
    # و ف, then ب ل ك, may stand on the first word.
    pattern = re.compile(rf"(?<!\w)[وف]?[بلك]?({_trie([*terms])})(?!\w)")
    return Topic(**numbers, queries=tuple(queries), weights=weights, terms=terms, pattern=pattern)


def _strings(value: Any) -> TypeGuard[list[str]]:
    return isinstance(value, list) and bool(value) and all(isinstance(v, str) and v.strip() for v in value)


_TOPIC = load_topic()


def _count(text: str, topic: Topic) -> Counter[str]:
    counts: Counter[str] = Counter()
    for found in topic.pattern.findall(text):
        counts[topic.terms[_BREAK.sub(" ", found)]] += 1
    return counts


def relevance(title: str, body: str, topic: Topic = _TOPIC) -> Relevance:
    """How much the article is about the reform; at `threshold()` and above it is.

    `title` may be empty. Costs about a quarter of a millisecond for an article of 3,000 characters.
    """
    in_title = _count(fold(title), topic)
    in_body = _count(fold(body), topic)
    # Occurrences at half_length count as they are; up to twice in a short body, ever less in a longer one.
    share = 2 * topic.half_length / (topic.half_length + len(body))
    scores = {
        term: topic.weights[term]
        * (1 - 0.5 ** (in_body[term] * share) + topic.title_share * (term in in_title))
        for term in in_title | in_body
    }
    hits = sorted((term for term in scores if scores[term] > 0), key=lambda term: (-scores[term], term))
    return Relevance(sum(scores.values()), tuple(hits))


def threshold() -> float:
    """The least score of an article about the reform."""
    return _TOPIC.threshold


def search_queries() -> tuple[str, ...]:
    """What to ask a site's own search for, in Arabic, the widest first."""
    return _TOPIC.queries
