"""What a source is made of: the noun phrase that names who says something.

A source is a person, a body or a document, with what belongs to its name: `وزير الصحة والحماية الاجتماعية`,
`المندوبية السامية للتخطيط`, `معطيات صادرة عن وزارة الشغل`, `خبير في المالية العمومية`. It ends at punctuation, at a
preposition of the clause, at a word of time, at a verb of saying, and where the object of the verb begins
(`أعلن الوزير | تخصيص …`). The words are in `lexicon/attribution.toml`.
"""

from __future__ import annotations

from typing import NamedTuple

from rules.document import Document, Hit
from rules.lexicon import FOLDER, read_table
from rules.normalise import fold

_TABLE = read_table(FOLDER / "attribution.toml")
# Longer than this no name is; what follows is something else.
_LONGEST = 12
_LONGEST_NAME = 4


def folded(group: str, name: str, key: str = "forms") -> frozenset[str]:
    """The folded words of one list of `attribution.toml`."""
    return frozenset(fold(form) for form in _TABLE[group][name][key])


def verbs_of_saying() -> frozenset[str]:
    """The folded first words of the verbs, without the participles and verbal nouns that go on with a speaker."""
    return frozenset(
        form.split()[0]
        for name, table in _TABLE["saying"].items()
        if not table.get("continued")
        for form in folded("saying", name)
    )


_SAID = verbs_of_saying()
OPENERS = folded("saying", "clause", "words") | folded("saying", "clause_darija", "words")
LIMITS = folded("speaker", "limit", "words")
DOCUMENTS = folded("speaker", "document")
PERSONS = folded("speaker", "person")
_BODIES = folded("speaker", "body")
NAMED = DOCUMENTS | PERSONS | _BODIES
_NEVER = folded("speaker", "limit", "never")
_BREAKDOWN = folded("speaker", "limit", "breakdown")
OBJECTS = folded("saying", "figure", "objects")
_FIELDS = folded("speaker", "person", "fields")
_ORIGINS = folded("speaker", "person", "origins")
_ENVOYS = folded("speaker", "person", "envoys")
_MANDATES = folded("speaker", "person", "mandates")
_HEADS = {
    fold("في"): _FIELDS,
    fold("من"): _ORIGINS,
    fold("إلى"): _ENVOYS,
    fold("لدى"): PERSONS,
    fold("عن"): _MANDATES,
}
_DEMONSTRATIVES = frozenset({"هذا", "هذه", "هولاء", "هوءلاء"})
_ISSUED = folded("speaker", "limit", "issued")
_OCCASIONS = folded("speaker", "person", "occasions")
_EMPTY = folded("speaker", "back_reference", "empty")
_ALWAYS_EMPTY = folded("speaker", "back_reference", "always")
_POINTING = folded("speaker", "back_reference", "before")
_SOME = frozenset({"بعض"})
_DATA = folded("speaker", "limit", "data")
_GIVEN_BY = folded("speaker", "limit", "given_by")
_DRAFTS = folded("speaker", "limit", "drafts")
_BILLS = folded("speaker", "limit", "bills")
THE_DRAFT = folded("speaker", "limit", "the_draft")
_FIRST_NAMES = frozenset({"امين", "امينه"})
_SIRS = frozenset({"السيد", "السيده"})
_NUMBERED = folded("speaker", "limit", "numbered")


class Source(NamedTuple):
    """A source: tokens `[start, end)`, less the prefixed letter that is not its own."""

    start: int
    end: int
    after: int
    """The token after it, closing quotation mark and appositions read over."""
    prefixed: bool = False
    """The first word begins with a و, ف or ل that belongs to the clause."""
    nobody: bool = False
    """Only points back: المصدر ذاته."""


def source_text(doc: Document, source: Source) -> str:
    """The source as the text writes it; the article that للـ swallows is given back."""
    text = doc.slice(source.start, source.end)
    if not source.prefixed:
        return text
    rest = text[1:].lstrip("ـ\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652")
    return "ا" + rest if text[0] == "ل" and rest.startswith("ل") else rest


def is_named(doc: Document, index: int) -> bool:
    """Whether token `index` is a word for a person, a body or a document."""
    word = doc.words[index]
    return not word.keys.isdisjoint(NAMED) or word.form.removesuffix("ا") in NAMED


def is_definite(doc: Document, index: int) -> bool:
    """Whether token `index` has the article, a prefixed letter before it or not."""
    form = doc.form(index)
    return form.startswith(("ال", "لل")) or (form[:1] in "وفلبك" and form[1:3] == "ال" and len(form) > 5)


def hit_named(doc: Document, index: int, name: str) -> Hit | None:
    """The phrase `speaker.<name>` at token `index`."""
    hit = doc.hit_at(index, "speaker")
    return hit if hit and hit.entry.name == name else None


def ends_here(doc: Document, index: int) -> bool:
    """Whether token `index` is a word that no name goes over."""
    word = doc.words[index]
    form = word.form
    if form in LIMITS or form in OPENERS or (word.conjunction and form[1:] in LIMITS):
        return True
    hit = doc.hit_at(index, "speaker")
    return hit is not None and hit.entry.name in ("limit", "back_reference", "addressee", "contrast")


def _opens_object(doc: Document, head: int, index: int) -> bool:
    """Whether token `index` begins what the verb governs: a verbal noun, an accusative, or another body.

    A noun without the article takes a verbal noun as its own (مديرية تسجيل المركبات); after one with the article, a
    body with the article is whom the verb addresses (دعت النقابة الحكومة).
    """
    form = doc.form(index)
    before = index - 1
    if index > head and not is_definite(doc, before) and (is_named(doc, before) or is_named(doc, index)):
        return False
    if index > head and form.startswith("ال") and form[2:] in _BODIES and is_definite(doc, before):
        return True
    if form in OBJECTS or (form[0] in "بل" and form[1:] in OBJECTS):
        return True
    if index > head and form.removeprefix("ال") in _NEVER and is_definite(doc, before):
        return True
    return _is_tanwin(doc, index) and (index > head or len(form) > 4)


def _is_tanwin(doc: Document, index: int) -> bool:
    """Whether token `index` can be an indefinite accusative (برنامجا, نموا)."""
    form = doc.form(index)
    return form[-1:] == "ا" and len(form) > 3 and not form.startswith(("ال", "لل"))


def _goes_over(doc: Document, start: int, index: int) -> bool:
    """Whether the name goes on over the word at `index`: خبير في …, مصدر من …, سفير … لدى …, تصور هذه ….

    Who is sent or elected keeps what he is sent to with the article too: البرلماني عن حزب ….
    """
    form = doc.form(index)
    if form in _DEMONSTRATIVES:
        indefinite = is_named(doc, index - 1) and not is_definite(doc, index - 1)
        return indefinite and doc.form(index + 1).startswith("ال")
    heads = _HEADS.get(form)
    if heads is None or doc.has(index + 1, *_OCCASIONS):
        return False
    return any(
        (heads in (_MANDATES, _ENVOYS, PERSONS) or not doc.form(place).startswith("ال"))
        and not doc.words[place].keys.isdisjoint(heads)
        for place in range(max(start, index - 3), index)
    )


def _ends_name(doc: Document, index: int, last: int) -> bool:
    """Whether a word in ا ends a name (مانبريت فوهرا، …) and is no accusative: the name stands before what is said."""
    if is_definite(doc, index - 1) or index + 1 >= last:
        return False
    follows = doc.words[index + 1]
    return (
        not follows.is_word or follows.form in OPENERS or hit_named(doc, index + 1, "addressee") is not None
    )


def _closing(doc: Document, index: int, last: int, longest: int) -> int | None:
    for place in range(index + 1, min(last, index + longest + 2)):
        if doc.form(place) == '"':
            return place
    return None


def noun_phrase(doc: Document, start: int, last: int) -> Source | None:
    """The source that begins at token `start`, before token `last`."""
    if start >= last:
        return None
    if doc.form(start) == '"':
        closing = _closing(doc, start, last, 8)
        return Source(start + 1, closing, closing + 1) if closing and closing > start + 1 else None
    pointed = doc.form(start) in _POINTING
    index = start + pointed
    head = index
    while index < last and index - start < _LONGEST:
        word = doc.words[index]
        if not word.is_word:
            if word.form == '"' and index > head and (closing := _closing(doc, index, last, 4)):
                index = closing + 1
                continue
            if word.is_number and doc.form(index - 1) in _NUMBERED:
                index += 1
                continue
            if word.form == "-" and doc.glued(index) and doc.glued(index + 1):
                index += 1
                continue
            break
        if index > head and (origin := hit_named(doc, index, "origin")):
            index = origin.end
            continue
        if index > head and word.form in _ISSUED and (behind := _issuer(doc, index, last)):
            index = behind
            continue
        # والي is the governor where a name may begin, and "and to" (وإلى) where it may end.
        if ends_here(doc, index) and not (
            _goes_over(doc, start, index) if index > head else is_named(doc, index)
        ):
            break
        if index > head and (
            (word.numeral and not is_definite(doc, index))
            or (
                _opens_object(doc, head, index)
                and not (_is_tanwin(doc, index) and _ends_name(doc, index, last))
            )
            or doc.hit_at(index, "citing")
            or _says(doc, index)
        ):
            break
        index += 1
    if index == head or not (_counts_speakers(doc, head) or _can_speak(doc, head)):
        return None
    return Source(start, index, index, nobody=_is_nobody(doc, start, head, index, last))


def _says(doc: Document, index: int) -> bool:
    """Whether a verb of saying begins at token `index`, or what stands for one: `ختم الوزير بالتحذير من`."""
    hit = doc.hit_at(index, "saying")
    if hit is None or hit.entry.values.get("sets"):
        return False
    return not is_definite(doc, index) or hit.entry.name == "by_saying"


def whose_data(doc: Document, source: Source, last: int) -> Source:
    """Who stands behind mere data: `المعطيات التي كشفها الوزير`, `الأرقام حسب الدراسة`; `source` where it is not told."""
    after = source.after
    if after + 1 >= last or doc.words[source.start].keys.isdisjoint(_DATA):
        return source
    cue = doc.hit_at(after, "citing")
    if cue is not None:
        found = cited_phrase(doc, cue, last)
        return found if found and not found.nobody else source
    if doc.form(after) not in ("التي", "الذي") or doc.form(after + 1) not in _GIVEN_BY:
        return source
    index = after + 2
    while index < last and doc.form(index) in LIMITS:
        index += 1
    found = noun_phrase(doc, index, last)
    return found if found and not found.nobody else source


def draft(doc: Document, source: Source) -> Source:
    """A bill without what it provides: `حدد المشروع | جدول المداخيل`, `منح مشروع القانون المالي | أجل`."""
    if doc.form(source.start).removeprefix("و") in THE_DRAFT:
        end = source.start + 1
    else:
        end = source.start + 2
        while end < source.end and (
            is_definite(doc, end)
            or not is_definite(doc, end - 1)
            or doc.form(end) in _NUMBERED
            or doc.words[end].is_number
        ):
            end += 1
    prefixed = source.prefixed or doc.form(source.start).startswith("وم")
    return source._replace(end=end, after=min(end, source.after), prefixed=prefixed)


def is_draft(doc: Document, source: Source) -> bool:
    """Whether it is a bill or a decree to come: `مشروع قانون المالية`, and `النص` where a draft is spoken of."""
    form = doc.form(source.start).removeprefix("و")
    if form in _DRAFTS:
        return doc.form(source.start + 1) in _BILLS
    return form in THE_DRAFT and any(hit.entry.values.get("draft") for hit in doc.group("modality"))


def _issuer(doc: Document, index: int, last: int) -> int | None:
    """Past the عن of `صدرت الأسبوع الماضي عن وكالة …`."""
    for place in range(index + 1, min(last, index + 5)):
        if doc.form(place) == "عن":
            return place + 1
    return None


def _counts_speakers(doc: Document, index: int) -> bool:
    """Whether token `index` only says how many they are: عدد من الخبراء."""
    return doc.form(index + 1) == "من" and index + 2 < len(doc) and is_named(doc, index + 2)


def _can_speak(doc: Document, head: int) -> bool:
    """Whether a noun phrase headed by token `head` can be a source: no amount, and no object of the verb."""
    if not doc.words[head].keys.isdisjoint(_NEVER):
        return False
    if doc.form(head) == "البعض":
        return False
    if doc.form(head) in _SOME:
        return head + 1 < len(doc) and is_named(doc, head + 1)
    return is_named(doc, head) or not _opens_object(doc, head, head)


def _is_nobody(doc: Document, start: int, head: int, end: int, last: int) -> bool:
    if end - head > 1 and not (
        end - head == 2 and doc.has(head, *_ALWAYS_EMPTY) and hit_named(doc, end, "back_reference")
    ):
        return False
    form = doc.form(head)
    bare = form[1:] if form[1:3] == "ال" else "ا" + form[1:] if form.startswith("لل") else form
    if bare in _ALWAYS_EMPTY:
        return True
    pointed = head > start or (end < last and hit_named(doc, end, "back_reference") is not None)
    return pointed and (bare in _EMPTY or (bare.startswith("ال") and bare[2:] in DOCUMENTS))


def with_name(doc: Document, source: Source, last: int) -> Source:
    """`source` with the name that stands in apposition to a title: رئيس الحكومة، سعد الدين العثماني."""
    after = source.after
    if after >= last or doc.form(after) != "،" or doc.words[source.start].keys.isdisjoint(PERSONS):
        return source
    name = noun_phrase(doc, after + 1, last)
    if name is None or not 1 < name.end - name.start <= _LONGEST_NAME:
        return source
    if doc.form(name.start) in _SIRS:
        return source._replace(end=name.end, after=name.after)
    if is_named(doc, name.start) and doc.form(name.start) not in _FIRST_NAMES:
        return source
    follows = doc.form(name.after) if name.after < last else ""
    if is_definite(doc, name.start) or (follows not in ("،", "") and follows not in OPENERS):
        return source
    return source._replace(end=name.end, after=name.after)


def cited_phrase(doc: Document, cue: Hit, last: int) -> Source | None:
    """The source after a phrase of citing; None where what follows is no source (حسب الجنس)."""
    index = cue.end
    if doc.form(index) == "ل":
        index += 1
    index = _after_verb(doc, index, last)
    dative = index == cue.end and doc.form(index).startswith("ل") and cue.entry.name != "based_on"
    found = noun_phrase(doc, index, last)
    if found is not None and not doc.words[index].keys.isdisjoint(_BREAKDOWN) and is_named(doc, index + 1):
        # وفق تصور خبراء الرابطة
        return None if is_named(doc, index) else noun_phrase(doc, index + 1, last)
    if found is None or not doc.words[index].keys.isdisjoint(_BREAKDOWN):
        return None
    found = with_name(doc, found, last)
    form = doc.form(index)
    prefixed = dative and len(form) > 3 and doc.form(cue.end - 1) not in ("حسب", "بحسب", "وفق")
    if doc.form(found.after) in ("التي", "الذي", "الذين"):
        said_by = noun_phrase(doc, found.after + 2, last)
        if said_by:
            found = found._replace(end=said_by.end, after=said_by.after)
    # آخر إحصائيات, مختلف المصادر: the noun behind says what it is.
    described = found.end > index + 1 and not is_definite(doc, index) and is_named(doc, index + 1)
    described = described or _counts_speakers(doc, index)
    named = is_named(doc, index) or described or found.nobody or _is_said(doc, cue)
    if not named:
        short = found.end - found.start <= _LONGEST_NAME
        closed = found.after >= last or not doc.words[found.after].is_word
        if cue.entry.values.get("named") or not (
            doc.form(index) == '"' or is_definite(doc, index) or (short and closed)
        ):
            return None
    return found._replace(prefixed=prefixed)


def _is_said(doc: Document, cue: Hit) -> bool:
    """`وفق ما أكده فلان لـ…`: who follows a verb of saying speaks, whatever he is called."""
    if doc.form(cue.end) not in ("ما", "لما"):
        return False
    verb = doc.form(cue.end + 1)
    return not _SAID.isdisjoint((verb, verb.removesuffix("ه"), verb.removesuffix("ها")))


def _after_verb(doc: Document, index: int, last: int) -> int:
    """Past the relative clause of حسب ما أفاد به …, لما سبق أن أعلن عنه …, ما جاء في …."""
    form = doc.form(index)
    if form not in ("ما", "لما"):
        return index
    index += 1
    if doc.form(index) == "سبق":
        index += 1
        while index < last and doc.form(index) in OPENERS:
            index += 1
    index += 1
    while index < last and (
        doc.form(index) in LIMITS or hit_named(doc, index, "addressee") or hit_named(doc, index, "limit")
    ):
        index += 1
    return index
