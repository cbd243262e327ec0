"""Where the subject of a verb of saying stands: after it, before it, or at the head of the sentence.

After the verb (`أوضح الوزير أن`), adverbs and addressees between them; right before it (`الوزير أوضح أن`), before an
apposition (`فلان، رئيس الجمعية، أوضح`), behind كان and سبق (`سبق للوزير أن أعلن`); or with the first verb of the
sentence, whatever that verb is (`دافع الوزير عن الحصيلة بالقول إن`).
"""

from __future__ import annotations

from rules.document import Document
from rules.sources import (
    DOCUMENTS,
    LIMITS,
    NAMED,
    OPENERS,
    PERSONS,
    Source,
    folded,
    hit_named,
    is_definite,
    is_named,
    noun_phrase,
    with_name,
)

_AUXILIARIES = folded("speaker", "limit", "auxiliaries")
_BETWEEN = folded("speaker", "limit", "bound")
_SO = folded("speaker", "limit", "so")
_RELATIVES = folded("speaker", "limit", "figure_relatives")
_PRECEDENTS = folded("speaker", "limit", "precedents")
_PASSIVES = folded("speaker", "limit", "passives")
# A definite noun with one of these prefixed is no subject (but والي is a word).
_BOUND = ("لل", "بال", "وال", "فال", "كال")
# How long a phrase in front of the first verb may be.
_PHRASE = 40
# How far before its verb a subject is looked for.
_NEAR = 14
_NOT = frozenset({"لم", "ولم", "لا", "ولا"})
_ESCAPED = frozenset({"يفت", "تفت", "يفوت", "تفوت", "يخف", "تخف"})


def subject_after(doc: Document, start: int, last: int) -> Source | None:
    """The subject that stands after a verb which ends before token `start`, adverbs and addressees read over."""
    index = start
    for _ in range(3):
        if index >= last:
            return None
        between = doc.hit_at(index, "speaker")
        if between and between.entry.name in ("limit", "addressee", "contrast"):
            index = between.end
        elif doc.form(index) in _BETWEEN:
            index += 1
        elif doc.form(index) == "،":
            comma = next((i for i in range(index + 1, min(last, index + 14)) if doc.form(i) == "،"), None)
            if comma is None:
                return None
            index = comma + 1
        else:
            break
    if doc.form(index).startswith(_BOUND) and not (index < last and doc.form(index) in NAMED):
        return None
    found = noun_phrase(doc, index, last)
    return with_name(doc, found, last) if found else None


def subject_before(doc: Document, first: int, verb: int) -> Source | None:
    """The subject that stands before token `verb`: right before it, or before an apposition."""
    if verb <= first:
        return None
    before = doc.form(verb - 1)
    conjunct = doc.words[verb].conjunction
    if before == "،":
        # `وتجدر الإشارة إلى أن الوثائق، …، تفيد`: the subject is that of the clause.
        first = next((at + 1 for at in range(verb - 2, first, -1) if doc.form(at) in OPENERS), first)
        return _before_apposition(doc, first, verb) if not conjunct or doc.has(first, "أما", "اما") else None
    if conjunct:
        return None
    start = verb
    while start > first:
        word = doc.words[start - 1]
        if (
            not (word.is_word or word.is_number or word.form == '"')
            or word.form in OPENERS
            or word.form in _SO
        ):
            break
        start -= 1
    while start < verb and (
        doc.form(start) in _AUXILIARIES or hit_named(doc, start, "contrast") or doc.form(start) in LIMITS
    ):
        start += 1
    found = noun_phrase(doc, start, verb)
    if found is None or found.after < verb:
        found = _described(doc, first, verb) or found
    if found is None:
        return None
    if found.after == verb and found.start > start:
        return found
    known = is_named(doc, start) or is_definite(doc, start) or doc.form(start) == '"'
    name = 2 <= verb - start <= 4 and not doc.words[start].conjunction
    if (found.after == verb and (known or name)) or (is_named(doc, start) and verb - start <= _NEAR):
        return _without_conjunction(doc, found)
    # لقجع قال إن: a surname alone opens the sentence.
    lone = start == first == verb - 1 and not doc.words[start].conjunction and not doc.form(start).isascii()
    return found if lone and doc.form(verb + 1) in OPENERS else None


def _described(doc: Document, first: int, verb: int) -> Source | None:
    """An indefinite document right before the verb that tells what it holds: `قدم الوزير أرقاما تفيد بأن …`."""
    for start in range(verb - 1, max(first, verb - 4) - 1, -1):
        word = doc.words[start]
        stated = word.form.removesuffix("ا") in DOCUMENTS and not is_definite(doc, start)
        if stated and doc.form(start - 1) not in LIMITS:
            found = noun_phrase(doc, start, verb)
            return found if found and found.end == verb else None
    return None


def _before_apposition(doc: Document, first: int, verb: int) -> Source | None:
    """`فلان، رئيس الجمعية، أوضح`."""
    start = first
    while doc.form(start) in _AUXILIARIES:
        start += 1
    found = noun_phrase(doc, start, verb)
    if found is None or doc.form(found.after) != "،":
        return None
    apposition = found.after + 1
    described = (
        not doc.words[apposition].keys.isdisjoint(PERSONS)
        or (is_definite(doc, apposition) and found.end - found.start > 1)
        or doc.form(apposition) in _RELATIVES
    )
    titled = described and not is_named(doc, start) and not is_definite(doc, start)
    if titled and found.end - found.start <= 5:
        return found
    if is_definite(doc, start) or is_named(doc, start):
        return _without_conjunction(doc, with_name(doc, found, verb))
    return None


def presented_subject(doc: Document, first: int, verb: int) -> Source | None:
    """`فلان، منسق المركز، لفت …`: with a name and a title in front, what follows the verb is its object."""
    if verb <= first or doc.form(verb - 1) != "،" or doc.words[verb].conjunction:
        return None
    found = _before_apposition(doc, first, verb)
    if found is None:
        return None
    titled = doc.form(found.end) == "،" and not doc.words[found.end + 1].keys.isdisjoint(PERSONS)
    extended = any(doc.form(index) == "،" for index in range(found.start, found.end))
    return found._replace(after=verb + 1) if titled or extended else None


def precedent_subject(doc: Document, first: int, verb: int) -> Source | None:
    """`سبق لرئيس الحكومة أن أعلن`, `كانت النقابة قد نبهت`, `كان الملك دعا`: the subject comes before the verb."""
    for index in range(max(first, verb - _NEAR), verb - 1):
        if not doc.words[index].keys.isdisjoint(_PRECEDENTS):
            found = noun_phrase(doc, index + 1, verb)
            if found is None:
                return None
            found = with_name(doc, found, verb)
            # كان فلان، مدير المكتب، كشف
            titled = doc.form(found.after) == "،" and doc.form(verb - 1) == "،" and verb > found.after + 1
            direct = titled or found.after == verb or doc.form(verb - 1) in ("ان", "قد")
            dative = doc.has(index, "سبق", "يسبق") and doc.form(index + 1).startswith("ل")
            return found._replace(prefixed=dative, after=verb + 1) if direct else None
    return None


def antecedent(doc: Document, first: int, relative: int) -> Source | None:
    """The person, body or document right before a relative pronoun: `تقرير البنك الدولي الذي أكد أن …`."""
    end = relative - (doc.form(relative - 1) == "،")
    for start in range(end - 1, max(first - 1, end - 9), -1):
        if is_named(doc, start) and (start == first or not is_named(doc, start - 1)):
            found = noun_phrase(doc, start, end)
            if found and found.end == end:
                return found
    return None


def _without_conjunction(doc: Document, source: Source) -> Source:
    form = doc.form(source.start)
    return source._replace(prefixed=form[0] in "وف" and form[1:3] == "ال" and len(form) > 5)


def main_subject(doc: Document, first: int, before: int) -> Source | None:
    """The subject of the sentence's first verb, whatever the verb: `دافع الوزير عن الحصيلة بالقول إن`."""
    # لم يفت الوزير التذكير بأن
    start = first + 2 if doc.form(first) in _NOT and doc.form(first + 1) in _ESCAPED else first
    for _ in range(2):
        form = doc.form(start)
        if form in _AUXILIARIES:
            start += 1
        elif (
            form in LIMITS
            or (form[0] in "وف" and form[1:] in LIMITS)
            or (doc.hit_at(start, "speaker") and not is_named(doc, start))
        ):
            comma = next((i for i in range(start, min(before, start + _PHRASE)) if doc.form(i) == "،"), None)
            if comma is None:
                return None
            start = comma + 1
    if start >= before or doc.form(start) in _PASSIVES:
        return None
    found = None
    if is_definite(doc, start) or is_named(doc, start) or doc.form(start) == '"':
        found = noun_phrase(doc, start, before)
    elif doc.form(start) in {doc.form(hit.end) for hit in doc.group("saying")} and start + 1 < before:
        found = Source(
            start, start + 1, start + 1
        )  # بنكيران عاد إلى … موردا أن: a name that speaks elsewhere
    elif doc.words[start].is_word:
        found = subject_after(doc, start + 1, before)
        if found and not (is_definite(doc, found.start) or is_named(doc, found.start)):
            length = found.end - found.start
            if length > 3 or (length == 1 and not doc.words[start].conjunction):
                return None
    if found is None or found.after > before:
        return None
    # What the verb governs with ب is no part of the name; where it is from may be (بالرباط).
    for index in range(found.start + 1, found.end):
        form = doc.form(index)
        if form[0] == "ب" and not form.startswith("بال") and not doc.hit_at(index, "speaker"):
            return found._replace(end=index, after=index)
    return found
