"""Modality: is a figure stated as a fact, set as a plan, or denied?

A figure is planned when the clause that holds it is future (`ستبلغ`, `سوف`, `لن`, Darija `غادي`), expected
(`من المتوقع أن`), aimed at (`في أفق`), proposed (`يطالب ب`) or part of a draft (`مشروع قانون`). What opens such a
clause governs what follows it, over coordination and commas, until a clause about something else begins: a contrast
(`بينما`), a report (`مشيرا إلى أن`), a verb of fact after a conjunction (`، وبلغ`). A relative clause and the words of
an adjective reach to the next comma, then the clause around them goes on. What was (`from` of a planned change, a
level still in force) stays actual. The cues are in `lexicon/modality.toml`, with what each does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from rules.document import Document, Hit
from rules.lexicon import FOLDER, read_table
from rules.mentions import Mention
from rules.normalise import fold

GROUP = "modality"
FUTURE_VERB = "modality.future_verb"
CARRIED = "modality.carried"
LIES_AHEAD = "modality.date_ahead"
BEFORE_CHANGE = "modality.from"
_COMMAS = frozenset("،,")
# How far behind a quantity its verb may stand: `3 ملايين شخص من الأجراء سيستفيدون`.
_VERB_BEHIND = 6
_MEMORY = 3
"""Sentences for which a draft that was named is still what provisions are about."""

_NOT_FUTURE = read_table(FOLDER / "modality.toml")[GROUP]["no_future"]
_NOUNS = frozenset(map(fold, _NOT_FUTURE["forms"]))
_NOUN_PREFIXES = tuple(map(fold, _NOT_FUTURE["prefixes"]))


class _Scope(NamedTuple):
    """What governs the words that follow."""

    rule: str
    through: bool = False
    rejects: bool = False


@lru_cache(maxsize=16384)
def _future_form(form: str) -> str:
    """`verb` where a folded form is a future verb, `first_person` where a hamza decides (سأقوم, سابق), else ""."""
    stem = form[1:] if form[0] in "وف" and len(form) > 4 else form
    if len(stem) < 4 or stem in _NOUNS or stem.startswith(_NOUN_PREFIXES):
        return ""
    if stem[0] == "س":
        return "verb" if stem[1] in "يتن" else "first_person" if stem[1] == "ا" else ""
    return "verb" if stem.startswith(("غاي", "غات", "غان", "غت")) and len(stem) > 4 else ""


def is_future_verb(doc: Document, index: int) -> bool:
    """Whether token `index` is a verb with the prefix س (every person) or the Darija غ."""
    kind = _future_form(doc.words[index].form)
    return kind == "verb" or (kind == "first_person" and "سأ" in doc.slice(index, index + 1))


def set_modality(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `modality` of every quantity among `mentions` (in text order); dates are left alone.

    Reads `change`, and `when_start` where quantities are anchored already: what is dated after the article's day
    is planned.
    """
    by_sentence: dict[int, list[Mention]] = {}
    for mention in mentions:
        if not mention.is_date:
            by_sentence.setdefault(doc.sentence_number(mention.first), []).append(mention)
    drafted = -_MEMORY - 1
    previous = -2
    planned_before = False
    for number, quantities in by_sentence.items():
        for index in range(max(drafted, number - _MEMORY, 0), number):
            if any(hit.entry.values.get("draft") for hit in doc.hits_in(*doc.sentences[index], GROUP)):
                drafted = index
        carried = planned_before and number == previous + 1 and _continues(doc, doc.sentences[number][0])
        drafted = _sentence(doc, number, quantities, drafted, carried)
        previous = number
        planned_before = quantities[-1].modality == "planned"


def _continues(doc: Document, first: int) -> bool:
    """Whether a sentence speaks of what the one before it set out: `ويتوزع هذا الغلاف على`."""
    return any(doc.has(index, "هذا", "هذه", "ذلك", "بذلك") for index in range(first, first + 3))


def _sentence(doc: Document, number: int, quantities: Sequence[Mention], drafted: int, carried: bool) -> int:
    """Set the quantities of one sentence; the number of the last sentence that named a draft."""
    start, end = doc.sentences[number]
    hits = {hit.start: hit for hit in doc.hits_in(start, end, GROUP)}
    scope: _Scope | None = _Scope(CARRIED) if carried else None
    outer: _Scope | None = None
    aside = False
    waiting = {mention.first: mention for mention in quantities}
    index = start
    last = max(waiting)
    while index <= last:
        mention = waiting.get(index)
        if mention is not None:
            _decide(doc, mention, scope, hits, end)
            index += 1
            continue
        hit = hits.get(index)
        if hit is None:
            form = doc.words[index].form
            if form in _COMMAS and aside:
                scope, aside = outer, False
            elif is_future_verb(doc, index):
                scope = _Scope(FUTURE_VERB)
                if doc.words[index].conjunction or index == start:
                    aside = False
            index += 1
            continue
        values = hit.entry.values
        role = values["role"]
        if values.get("draft"):
            drafted = number
        if aside and doc.words[index].form in _COMMAS:
            scope, aside = outer, False
        if role == "opens":
            if not (values.get("subject") and hit.end in waiting) and not doc.has(index - 1, "كان", "كانت"):
                scope = _Scope(hit.entry.id, bool(values.get("through")))
        elif role == "provision":
            if number - drafted <= _MEMORY:
                scope = _Scope(hit.entry.id, through=True)
        elif role == "rejects":
            scope = _Scope(hit.entry.id, rejects=True)
        elif role == "closes":
            scope, aside = None, False
        elif role in ("relative", "aside", "past", "present"):
            scope, outer, aside = _step(doc, hit, role, scope, outer, aside)
        index = hit.end if not any(hit.start < place < hit.end for place in waiting) else index + 1
    return drafted


def _step(
    doc: Document, hit: Hit, role: str, scope: _Scope | None, outer: _Scope | None, aside: bool
) -> tuple[_Scope | None, _Scope | None, bool]:
    """Scope, scope around it and whether an aside is open, after a verb, a relative word or an adjective."""
    after_comma = doc.form(hit.start - 1) in _COMMAS
    conjunction = doc.words[hit.start].conjunction
    if (role == "past" and (after_comma or conjunction)) or (
        role == "present" and after_comma and conjunction
    ):
        return None, None, False
    if role == "present":
        return scope, outer, aside
    around = outer if aside else scope
    if role == "aside":
        return _Scope(hit.entry.id), around, True
    return (scope if scope and scope.through else None), around, True


def _decide(doc: Document, mention: Mention, scope: _Scope | None, hits: dict[int, Hit], end: int) -> None:
    """The modality of one quantity in the scope that governs it."""
    modality, rule = "actual", ""
    if scope is not None:
        modality, rule = "negated" if scope.rejects else "planned", scope.rule
    before = doc.hit_before(mention.first, GROUP)
    behind = hits.get(mention.last)
    if before is not None and before.entry.values["role"] == "denies":
        modality, rule = "negated", before.entry.id
    elif mention.change == "from":
        modality, rule = "actual", BEFORE_CHANGE
    elif behind is not None and behind.entry.values["role"] == "now":
        modality, rule = "actual", behind.entry.id
    elif behind is not None and behind.entry.values["role"] == "ahead" and mention.kind == "duration":
        modality, rule = "planned", behind.entry.id
    elif modality == "actual":
        if _verb_behind(doc, mention, hits, end):
            modality, rule = "planned", FUTURE_VERB
        elif _lies_ahead(doc, mention):
            modality, rule = "planned", LIES_AHEAD
    mention.modality = modality
    if rule:
        mention.rules.append(rule)


def _verb_behind(doc: Document, mention: Mention, hits: dict[int, Hit], end: int) -> bool:
    """Whether the quantity is the subject of a future verb behind it, with no clause between."""
    for index in range(mention.last, min(end, mention.last + _VERB_BEHIND)):
        if is_future_verb(doc, index):
            return not doc.words[index].conjunction
        if not doc.words[index].is_word or index in hits:
            return False
    return False


def _lies_ahead(doc: Document, mention: Mention) -> bool:
    return (
        doc.published is not None
        and mention.when_start is not None
        and mention.when_start > doc.published
        and mention.when_relation in ("on", "during", "between")
    )
