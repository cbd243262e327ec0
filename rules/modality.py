"""Modality: is a figure stated as a fact, set as a plan, or denied?

A figure is planned when the clause that holds it is future (`ستبلغ`, `سوف`, `لن`, Darija `غادي`), expected
(`من المتوقع أن`), aimed at (`في أفق`), proposed (`يطالب ب`) or part of a draft (`مشروع قانون`). What opens such a
clause governs what follows it, over coordination and commas, until a clause about something else begins: a contrast
(`بينما`), a report (`مشيرا إلى أن`), a verb of fact after a conjunction (`، وبلغ`). A relative clause and the words of
an adjective reach to the next comma, then the clause around them goes on. What was (`from` of a planned change, a
level still in force) stays actual, and so does what has been set aside for a coming year. What a condition sets is
planned where the sentence looks ahead, and what a deadline to come dates is. The cues are in `lexicon/modality.toml`, with what each does.
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
SOON = "modality.soon"
BEFORE_CHANGE = "modality.from"
LEVEL_SO_FAR = "modality.level_so_far"
MADE_OF = "modality.made_of"
_COMMAS = frozenset("،,")
_PARTS = frozenset({"منها", "بينها", "ضمنها", "منهم", "بينهم", "ضمنهم", "من"})
"""What tells of a part of what the clause before set out: `15 ألف وظيفة؛ بينها 4600 في فرنسا`."""
_NOUN_BEHIND = frozenset(
    {
        "دون",
        "ودون",
        "بدون",
        "وبدون",
        "عدم",
        "وعدم",
        "بعدم",
        "الي",
        "علي",
        "عن",
        "من",
        "تم",
        "يتم",
        "تتم",
        "جري",
        "يجري",
        "عبر",
        "طريق",
        "خلال",
        "بعد",
        "قبل",
        "بفضل",
        "بهدف",
        "بغرض",
        "قصد",
        "اجل",
    }
)
"""What is written like a past verb is a verbal noun behind these: `دون تجاوز 50 في المائة`."""
_OPENERS = frozenset({"ان", "بان", "هذا", "انه"})
"""Behind these a clause of its own provides: `أوضح أن هذا المشروع يرفع …`."""
_UNTIL = frozenset({"غايه", "حتي", "حدود"})
"""What holds until a day to come holds now: `إعفاء بنسبة 50 في المائة إلى غاية متم السنة`."""
_AND_ON = frozenset({"وعلي", "والي", "وعن"})
_ITEMS = frozenset({"ثانيا", "ثالثا", "رابعا", "خامسا", "سادسا", "وثانيا", "وثالثا", "ورابعا", "واخيرا"})
_HORIZON = fold("أفق")
_AHEAD = frozenset({"on", "during", "between"})
_WORTH_READING = frozenset("،,سوفغ")
"""First letters of commas and of what can be a future verb."""
_PRESENT = frozenset("يتنسل")
_PAST = frozenset({"تم", "تمت"})
# How far behind a quantity its verb may stand: `3 ملايين شخص من الأجراء سيستفيدون`.
_VERB_BEHIND = 6
_SOON = 8
_ACT = 7
"""How many words behind its verb what has to be done may stand."""
_FAR = 12
"""How far from its quantity the preposition of a date is looked for."""
_COMPARED = 4
"""How far before a quantity the word may stand that it is set against another by."""
_OPENING = 3
"""How far into a sentence a verb may stand whose subject is what the sentences before it spoke of."""
_MEMORY = 3
"""Sentences for which a draft that was named is still what provisions are about."""

_NOT_FUTURE = read_table(FOLDER / "modality.toml")[GROUP]["no_future"]
_NOUNS = frozenset(map(fold, _NOT_FUTURE["forms"]))
_ACTS = frozenset(map(fold, read_table(FOLDER / "modality.toml")[GROUP]["requirement"]["acts"]))
_NOUN_PREFIXES = tuple(map(fold, _NOT_FUTURE["prefixes"]))


class _Scope(NamedTuple):
    """What governs the words that follow."""

    rule: str
    through: bool = False
    rejects: bool = False
    firm: bool = False
    """No verb of fact ends it: a denial, a condition."""
    provision: bool = False
    """What a draft provides, which goes on over a contrast in the present tense."""


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
    hits = {hit.start: hit for hit in doc.group(GROUP)}
    drafts = _drafts(doc)
    previous = -2
    planned_before = False
    for number, quantities in by_sentence.items():
        clause = _Clause(doc, number, hits)
        clause.drafted = any(number - _MEMORY <= draft <= number for draft in drafts)
        if planned_before and number == previous + 1 and _continues(doc, clause.start):
            clause.scope = _Scope(CARRIED)
        _sentence(clause, quantities)
        previous = number
        planned_before = quantities[-1].modality == "planned"


def _drafts(doc: Document) -> list[int]:
    """The sentences that name a draft, or go on with what one named shortly before provides."""
    found: list[int] = []
    for hit in doc.group(GROUP):
        provides = found and hit.entry.values["role"] == "provision"
        if provides or hit.entry.values.get("draft"):
            number = doc.sentence_number(hit.start)
            if not provides or number - found[-1] <= _MEMORY:
                found.append(number)
    return found


def _continues(doc: Document, first: int) -> bool:
    """Whether a sentence speaks of what the one before it set out: `ويتوزع هذا الغلاف على`."""
    return any(doc.has(index, "هذا", "هذه", "ذلك", "بذلك") for index in range(first, first + 3))


def _sentence(clause: _Clause, quantities: Sequence[Mention]) -> None:
    """Read one sentence up to its last quantity, setting each where it stands."""
    waiting = {mention.first: mention for mention in quantities}
    words, hits = clause.doc.words, clause.hits
    index, last = clause.start, max(waiting)
    while index <= last:
        mention = waiting.get(index)
        if mention is not None:
            _decide(clause, mention)
            index = max(mention.last, index + 1)
            continue
        hit = hits.get(index)
        if hit is None:
            if words[index].form[0] in _WORTH_READING:
                clause.word(index, index + 1 in waiting)
            index += 1
            continue
        clause.cue(hit, subject=hit.end in waiting)
        index = hit.end if not any(hit.start < place < hit.end for place in waiting) else index + 1


class _Clause:
    """What governs the word that is being read, left to right."""

    def __init__(self, doc: Document, number: int, hits: dict[int, Hit]) -> None:
        self.doc = doc
        self.start, self.end = doc.sentences[number]
        self.hits = hits
        """The cues of the whole text by their first token."""
        self.decided = False
        """A verb of setting aside governs: what it gives for a coming year is given now."""
        self.drafted = False
        """A draft was named in this sentence or shortly before."""
        self.scope: _Scope | None = None
        self.outer: _Scope | None = None
        self.aside = -1
        """Where the relative clause or adjective began that the next comma ends; -1 outside one."""

    def role(self, index: int) -> str:
        """The role of the cue that starts at token `index`, or ""."""
        hit = self.hits.get(index)
        return str(hit.entry.values["role"]) if hit is not None else ""

    def word(self, index: int, quantity_follows: bool) -> None:
        """Read a word that is no cue: a comma or a future verb."""
        if self.doc.words[index].form in _COMMAS:
            if self.aside >= 0 and not quantity_follows:
                self.scope, self.aside = self.outer, -1
        elif is_future_verb(self.doc, index):
            self.scope = _Scope(FUTURE_VERB)
            # `الدعم الذي أعلنته الحكومة سيبلغ`: the relative clause has its verb, this one is the sentence's.
            if index - self.aside > 2:
                self.aside = -1

    def cue(self, hit: Hit, *, subject: bool) -> None:
        """Read a cue; `subject`: a quantity stands right behind it."""
        values, role, doc = hit.entry.values, str(hit.entry.values["role"]), self.doc
        comma = doc.form(hit.start) in _COMMAS or doc.form(hit.start - 1) in _COMMAS
        if comma and self.aside >= 0 and doc.form(hit.start) in _COMMAS:
            self.scope, self.aside = self.outer, -1
        if role not in ("past", "made_of", "given"):
            self.decided = False
        if role == "opens":
            if not (
                (subject and values.get("subject"))
                or (values.get("if_condition") and not self._conditional())
            ):
                self.scope = _Scope(hit.entry.id, bool(values.get("through")))
        elif role == "provision":
            opening = hit.start <= self.start + _OPENING or doc.form(hit.start - 1) in _OPENERS
            if self.drafted and opening:
                self.scope = _Scope(hit.entry.id, through=True, provision=True)
        elif role == "rejects":
            self.scope = _Scope(hit.entry.id, rejects=True, firm=True)
        elif role == "requires":
            if self._requires_act(hit.end):
                self.scope = _Scope(hit.entry.id)
        elif role == "condition":
            if self._looks_ahead(hit.end):
                self.scope = _Scope(hit.entry.id, firm=True)
        elif role == "closes":
            parts = doc.form(hit.start) == "؛" and (doc.form(hit.end) in _PARTS or self._lists(hit))
            provides = self.scope is not None and self.scope.provision and self._present(hit.end)
            if not (parts or provides):
                self.scope, self.aside = None, -1
        elif role in ("past", "present") and self._is_verbal_noun(hit):
            return
        elif role in ("past", "present"):
            self.decided = bool(values.get("decided"))
            conjunction = doc.words[hit.start].conjunction
            if (conjunction and comma) or (role == "past" and (conjunction or comma)):
                self.scope, self.aside = None, -1
            elif role == "past" and not (self.scope and self.scope.firm):
                self._open_aside(hit.start, None)
        elif role == "relative":
            through = self.scope is not None and self.scope.through and self._present(hit.end)
            self._open_aside(hit.start, self.scope if through else None)
        elif role == "given":
            self._open_aside(hit.start, None)
        elif role == "aside":
            rejects = bool(values.get("rejects"))
            self._open_aside(hit.start, _Scope(hit.entry.id, rejects=rejects, firm=rejects))

    def _lists(self, mark: Hit) -> bool:
        """Whether a semicolon only parts items of what governs: `يقوم على …؛ وعلى …`, `كالتالي: 3 ملايير …؛ و2 مليار …`."""
        doc, index = self.doc, mark.end
        if doc.form(index) in _AND_ON:
            return True
        if all(doc.form(place) != ":" for place in range(self.start, mark.start)):
            return False
        index += doc.form(index) == "و"
        if index >= self.end:
            return False
        return doc.words[index].is_number or doc.words[index].numeral is not None or doc.form(index) in _ITEMS

    def _is_verbal_noun(self, hit: Hit) -> bool:
        """Whether what is written like a verb is its noun: سيتم صرف, بصرف, ضرورة رصد, دون تجاوز."""
        doc = self.doc
        form = doc.form(hit.start)
        if doc.words[hit.start].conjunction and form[0] in "وف":
            form = form[1:]
        if (
            form.startswith(("ال", "لل", "بال", "بص", "بر", "بخ", "لص", "لر"))
            or doc.form(hit.start - 1) in _NOUN_BEHIND
        ):
            return True
        before = doc.hit_before(hit.start, GROUP)
        opened = before is not None and before.entry.values["role"] == "opens"
        return (opened or is_future_verb(doc, hit.start - 1)) and not doc.words[hit.start].conjunction

    def _conditional(self) -> bool:
        hits = (self.hits.get(index) for index in range(self.start, self.end))
        return any(hit is not None and hit.entry.values.get("condition") for hit in hits)

    def _requires_act(self, index: int) -> bool:
        """Whether something to be done is named from token `index` on, before any number."""
        for word in self.doc.words[index : min(self.end, index + _ACT)]:
            if word.numeral is not None or word.is_number:
                return False
            if word.form in _ACTS:
                return True
        return False

    def _looks_ahead(self, index: int) -> bool:
        """Whether the sentence tells of what is to come from token `index` on, or did before."""
        if self.scope is not None and not self.scope.rejects:
            return True
        return any(
            self.role(place) == "opens" or is_future_verb(self.doc, place) for place in range(index, self.end)
        )

    def _present(self, index: int) -> bool:
        """Whether token `index` can be a verb of the present: what a draft asks for, not what has been."""
        form = self.doc.form(index)
        return form[:1] in _PRESENT and form not in _PAST

    def _open_aside(self, start: int, scope: _Scope | None) -> None:
        if self.aside < 0:
            self.outer = self.scope
        self.scope, self.aside = scope, start


def _decide(clause: _Clause, mention: Mention) -> None:
    """The modality of one quantity in the scope that governs it."""
    modality, rule = "actual", ""
    if clause.scope is not None:
        modality, rule = "negated" if clause.scope.rejects else "planned", clause.scope.rule
    before = clause.doc.hit_before(mention.first, GROUP)
    behind = clause.role(mention.last)
    if before is not None and before.entry.values["role"] == "denies":
        modality, rule = "negated", before.entry.id
    elif before is not None and before.entry.values["role"] == "sort":
        modality, rule = "actual", before.entry.id
    elif clause.role(mention.last - 1) == "made_of":
        modality, rule = "actual", MADE_OF
    elif mention.change == "from":
        modality, rule = "actual", BEFORE_CHANGE
    elif behind == "now" or _was(clause, mention):
        modality, rule = "actual", LEVEL_SO_FAR
    elif behind == "ahead" and mention.kind == "duration":
        modality, rule = "planned", clause.hits[mention.last].entry.id
    elif behind == "relative" and clause.role(mention.last + 1) == "opens":
        modality, rule = "planned", clause.hits[mention.last + 1].entry.id
    elif behind == "aside" and clause.doc.form(mention.last)[0] == "م" and modality == "actual":
        # `9 مليارات درهم مبرمجة`: so far it is only that.
        modality, rule = "planned", clause.hits[mention.last].entry.id
    elif modality == "actual":
        if _verb_behind(clause, mention) or _plain_future(clause.doc, mention.last, clause.end):
            modality, rule = "planned", FUTURE_VERB
        elif _comes_soon(clause, mention):
            modality, rule = "planned", SOON
        elif not clause.decided and _lies_ahead(clause, mention):
            modality, rule = "planned", LIES_AHEAD
    mention.modality = modality
    if rule:
        mention.rules.append(rule)


def _was(clause: _Clause, mention: Mention) -> bool:
    """Whether it is the level that a plan or forecast is set against: `عوض 3 في المائة`, `مقابل 37 مليارا سنة 2025`."""
    for index in range(mention.first - 1, max(clause.start, mention.first - _COMPARED) - 1, -1):
        role = clause.role(index)
        if role == "instead":
            return True
        if role == "against":
            published = clause.doc.published
            when = mention.when_start
            return published is not None and when is not None and when <= published
        if clause.doc.words[index].form in _COMMAS:
            return False
    return False


def _verb_behind(clause: _Clause, mention: Mention) -> bool:
    """Whether the quantity begins its clause and a future verb follows: `إن 3 ملايين شخص سيستفيدون`."""
    doc = clause.doc
    if mention.last < clause.end and doc.form(mention.last) in _COMMAS and mention.kind == "duration":
        # `تنفيذ البرنامج، على مدى خمس سنوات، ستتولاه`: the words between commas belong to the verb behind them.
        return _plain_future(doc, mention.last + 1, clause.end)
    if mention.first > clause.start and not any(
        doc.has(index, "أن", "ان", "إن", "فإن", "بأن") or doc.form(index) in _COMMAS
        for index in range(max(clause.start, mention.first - 3), mention.first)
    ):
        return False
    for index in range(mention.last, min(clause.end, mention.last + _VERB_BEHIND)):
        if is_future_verb(doc, index):
            return not doc.words[index].conjunction
        if not doc.words[index].is_word or index in clause.hits:
            return False
    return False


def _comes_soon(clause: _Clause, mention: Mention) -> bool:
    """Whether a coming time follows in the same part: `فتح 3 محطات خلال السنوات المقبلة`, `53 مليارا في أفق 2030`."""
    for index in range(mention.last, min(clause.end, mention.last + _SOON)):
        if clause.doc.words[index].form in _COMMAS:
            return False
        if role := clause.role(index):
            return role == "soon" or clause.doc.has(clause.hits[index].end - 1, _HORIZON)
    return False


def _plain_future(doc: Document, index: int, end: int) -> bool:
    """Whether a future verb without a conjunction stands at token `index`: `3 مليارات درهم ستصرف …`."""
    return index < end and is_future_verb(doc, index) and not doc.words[index].conjunction


def _lies_ahead(clause: _Clause, mention: Mention) -> bool:
    """Whether it holds for a time after the day of the article."""
    published, relation = clause.doc.published, mention.when_relation
    day = mention.when_end if relation == "by" else mention.when_start
    if published is None or day is None or day <= published:
        return False
    if relation == "by":
        near = range(max(clause.start, mention.first - _FAR), min(clause.end, mention.last + _FAR))
        return all(clause.doc.form(index) not in _UNTIL for index in near)
    return relation in _AHEAD
