"""Who speaks in one sentence, and for which part of it.

A sentence is read as a row of frames. A frame is a verb of saying with its subject (after it, before it, or
understood), or a phrase of citing (حسب, وفق) with its noun. What a verb reports begins where its clause, its
quotation or the noun that it governs begins, and runs to the end of the sentence or to the next speaker; an inserted
frame (`"…"، يقول فلان`, `وفق البلاغ`) also reaches back to the beginning of its quotation or clause. Participles
(مضيفا أن) and verbs without a subject go on with the speaker of the sentence. Relative clauses are read in
`rules/frames.py`. The cues are in `lexicon/attribution.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from rules.cues import is_feminine
from rules.document import Document, Hit
from rules.frames import UNDERSTOOD, Frame, is_relative, relative_frame
from rules.sources import (
    DOCUMENTS,
    LIMITS,
    OBJECTS,
    OPENERS,
    THE_DRAFT,
    Source,
    cited_phrase,
    draft,
    folded,
    hit_named,
    is_definite,
    is_draft,
    is_named,
    noun_phrase,
    whose_data,
    with_name,
)
from rules.subjects import (
    main_subject,
    precedent_subject,
    presented_subject,
    subject_after,
    subject_before,
)

_OTHER = folded("saying", "clause", "other")
_REPORTING = folded("speaker", "document", "reporting")
_SETTINGS = folded("speaker", "limit", "settings")
# Texts without full stops exist: no rule looks further back than so many tokens, or so many frames.
_REACH = 120
_REMEMBERED = 20
# `جاء ذلك في بيان للشركة، ضمن خطة …`: the sentence goes on with what the text says.
_ANSWERED = frozenset({"ورد", "وردت"})
_WHAT_CAME = frozenset({"ذلك", "هذا"})
_CARRYING = folded("saying", "clause", "carrying")
_TEXTS = folded("speaker", "document", "texts")
# The noun that a verb carries stands so near (أظهرت نتائج البحث حول الأسرة تراجع …).
_OBJECT = 8
_CLOSING = frozenset('،؛)-"')
# Up to so many words in quotation marks are a name.
_QUOTED_NAME = 3


class Sentence:
    """One sentence, read from its beginning to its end."""

    def __init__(self, doc: Document, first: int, last: int, cues: Sequence[Hit]) -> None:
        self.doc = doc
        self.first = first
        self.last = last
        self.cues = cues
        self.found: list[Frame] = []

    def frames(self) -> list[Frame]:
        """The frames in order."""
        done = self.first
        for number, cue in enumerate(self.cues):
            if cue.start < done:
                continue
            if is_relative(self.doc, self.first, cue):
                frame = relative_frame(self.doc, self.first, self.last, cue, self.found[-_REMEMBERED:])
                self.found += [frame] if frame else []
                continue
            if cue.entry.group == "citing":
                frame = self._cited(cue)
            elif cue.entry.values.get("continued"):
                frame = self._continued(cue)
            else:
                frame = self._reported(cue, self._limit(number))
            if frame:
                self.found.append(frame)
                if not frame.reported and frame.source:
                    done = frame.source.after
        return self.found

    def _limit(self, number: int) -> int:
        """Where the clause of cue `number` must have begun: at the next verb or participle of saying."""
        for cue in islice(self.cues, number + 1, number + 1 + _REMEMBERED):
            if cue.entry.group == "saying" and not is_relative(self.doc, self.first, cue):
                return cue.start
        return self.last

    def _clause_start(self, before: int) -> int:
        """First token of the clause that ends before token `before`."""
        for index in range(before - 1, max(self.first, before - _REACH), -1):
            if self.doc.form(index) == "؛" or hit_named(self.doc, index, "contrast"):
                return index
        return self.first

    # -- citing

    def _cited(self, cue: Hit) -> Frame | None:
        doc = self.doc
        source = cited_phrase(self.doc, cue, self.last)
        initial = cue.start <= self.first + 1
        if source is None or (cue.entry.values.get("initial") and not initial):
            return None
        back = cue.start if initial else self._clause_start(cue.start)
        # `خفضت الشركة الأصول وفق توقعات بأن …`: only what they say is theirs.
        if source.end - source.start == 1 and self.doc.form(source.after) == "بان":
            back = source.after
        near = doc.form(cue.start - 1) == "،" and source.after < self.last and doc.form(source.after) == "،"
        return Frame(cue.start, back, source, False, cue.entry.id, at=cue.start, near=near)

    # -- saying

    def _reported(self, cue: Hit, limit: int) -> Frame | None:
        doc, values = self.doc, cue.entry.values
        form = doc.form(cue.start)
        feminine = is_feminine(form)
        # `ورد الوزير بأن`: he answered; it did not stand there.
        answers = form in _ANSWERED and doc.form(cue.end) not in LIMITS
        if values.get("through") and not answers:
            found = self._through(cue, limit)
            if found or not values.get("relays"):
                return found
        if values.get("behind"):
            return self._held_in(cue)
        # النص is the text here, and half in Darija.
        follows = doc.words[cue.end] if cue.end < self.last else None
        counted = follows and (follows.is_number or (follows.numeral and follows.form not in THE_DRAFT))
        if counted and not values.get("draft"):
            return None
        nominal = bool(values.get("nominal"))
        subject = (
            precedent_subject(doc, self.first, cue.start)
            or presented_subject(doc, self.first, cue.start)
            or subject_after(doc, cue.end, self.last)
        )
        # `قال المصدر إن العبارة كانت تنقل حمولة`: one bare word that names nobody speaks not within another's report.
        if subject and self._is_word_of_another(cue, subject):
            return None
        after = subject.after if subject else cue.end
        if subject:
            subject = whose_data(doc, subject, self.last)
        if values.get("draft") or (values.get("only") and subject and is_draft(doc, subject)):
            if subject is None or not is_draft(doc, subject):
                subject, after = subject_before(doc, self.first, cue.start), cue.end
            if subject is None or not is_draft(doc, subject) or self._is_inner(cue):
                return None
            subject = draft(doc, subject)
            start = max(subject.after, cue.end)
            return Frame(start, start, subject, True, cue.entry.id, feminine, cue.start)
        if values.get("document"):
            subject = subject or subject_before(doc, self.first, cue.start)
            bill = subject is not None and is_draft(doc, subject)
            if subject is None or (doc.words[subject.start].keys.isdisjoint(_REPORTING) and not bill):
                return None
            subject = draft(doc, subject) if bill else subject
            start = max(after, cue.end)
            return Frame(start, start, subject, True, cue.entry.id, feminine, cue.start)
        if values.get("named") and (subject is None or not is_named(doc, subject.start)):
            return None
        opening = self._opening(after, limit)
        rule = cue.entry.id
        nominal = nominal or (opening is None and self._carries_noun(cue, subject, after))
        if opening is None and subject and self._is_inserted(cue, subject):
            back, beside = self._said_before(cue.start), doc.form(cue.start - 1) == "كما"
            return Frame(after, back, subject, True, rule, feminine, cue.start, beside=beside)
        if opening is None and subject is None and self._is_understood(cue):
            source, back = self._speaker(feminine), self._said_before(cue.start)
            return Frame(after, back, source, True, UNDERSTOOD, feminine, cue.start)
        if subject is None:
            subject = subject_before(doc, self.first, cue.start)
            if subject:
                subject = whose_data(doc, subject, cue.start)
            # `قال الوزير إن الأبحاث بينت أن …`: what names nobody that speaks does not take the word from him.
            if subject and not is_named(doc, subject.start) and self._is_held(cue):
                return None
        if subject is None:
            subject = self._text_behind(cue)
            after = subject.after if subject else after
        if subject is None and cue.start > self.first:
            if not self._begins_clause(cue):
                return None
            subject = self._speaker(feminine) or main_subject(self.doc, self.first, cue.start)
        if nominal:
            start = opening if opening is not None and doc.form(after) == "،" else after
            if self._is_inner(cue):
                return None
        else:
            start = opening if opening is not None else self.last
        return Frame(start, start, subject, True, rule, feminine, cue.start)

    def _begins_clause(self, cue: Hit) -> bool:
        """Whether a verb without a subject begins a clause of its own: وأكد أن, حيث كشف أن, `، أضاف`."""
        word, before = self.doc.words[cue.start], self.doc.words[cue.start - 1]
        return word.conjunction or not before.is_word or before.form in LIMITS

    def _opening(self, start: int, stop: int) -> int | None:
        """Where what is said begins between `start` and `stop`: at أن, a colon or a quotation mark."""
        index = start - 1
        while (index := index + 1) < stop:
            form = self.doc.words[index].form
            if form == '"' and (closing := self._name_closes(index)):
                index = closing
                continue
            if form in ':"':
                return index
            if form in OPENERS:
                before = self.doc.form(index - 1)
                beside = before == "علي" and (
                    index == start + 1 or self._is_inserted_between(start, index - 2)
                )
                if index > start and before in _OTHER and not beside:
                    continue
                return index
        return None

    def _is_inserted_between(self, start: int, end: int) -> bool:
        """Whether tokens `start` and `end` are the commas about one inserted phrase: `شدد، في بلاغ له، على أن`."""
        commas = [index for index in range(start, end + 1) if self.doc.form(index) == "،"]
        return commas == [start, end]

    def _name_closes(self, index: int) -> int | None:
        """The end of the quotation marks around a name: a few words are no speech."""
        places = range(index + 1, min(self.last, index + 2 + _QUOTED_NAME))
        return next((place for place in places if self.doc.form(place) == '"'), None)

    def _is_inserted(self, cue: Hit, subject: Source) -> bool:
        """`…، يقول فلان،`: the verb comes after what is said, or in the middle of it."""
        before = self.doc.form(cue.start - 1) if cue.start > self.first else '"'
        if (before not in _CLOSING and before != "كما") or cue.entry.values.get("only"):
            return False
        if self.doc.words[cue.start].conjunction and before != '"':
            return False
        if cue.start == self.first or subject.after >= self.last:
            return cue.start > self.first
        follows = self.doc.words[subject.after]
        spoken_to = hit_named(self.doc, subject.after, "addressee") is not None
        return not follows.is_word or spoken_to or (before != "كما" and follows.form in _SETTINGS)

    def _is_understood(self, cue: Hit) -> bool:
        """`"…"، كتقول`: nothing follows the verb but the end."""
        before = self.doc.form(cue.start - 1)
        follows = self.doc.form(cue.end) if cue.end < self.last else "."
        return cue.start > self.first and before in _CLOSING and follows in (".", "،", "؛")

    def _said_before(self, verb: int) -> int:
        """First token of what is said before an inserted verb: its quotation, else its clause."""
        doc = self.doc
        closing = next((i for i in (verb - 1, verb - 2) if i >= self.first and doc.form(i) == '"'), None)
        if closing is None:
            return self._clause_start(verb)
        return next(
            (i for i in range(closing - 1, max(self.first, closing - _REACH), -1) if doc.form(i) == '"'),
            self.first,
        )

    def _carries_noun(self, cue: Hit, subject: Source | None, index: int) -> bool:
        """Whether what a verb of clauses governs is a noun that can carry the figure: أبرزت المذكرة ارتفاع …."""
        doc = self.doc
        if cue.entry.values.get("only"):
            if subject is None or doc.words[subject.start].keys.isdisjoint(_REPORTING):
                return False
        elif doc.words[cue.start].keys.isdisjoint(_CARRYING):
            return False
        if doc.form(index) == "،":
            comma = next(
                (i for i in range(index + 1, min(self.last, index + 14)) if doc.form(i) == "،"), None
            )
            if comma is None:
                return False
            index = comma + 1
        for place in range(index, min(self.last, index + _OBJECT)):
            word = doc.words[place]
            if not word.is_word or word.numeral:
                return False
            if word.form in OBJECTS or (word.form.endswith("ا") and word.form[:-1] in OBJECTS):
                return True
        return False

    def _text_behind(self, cue: Hit) -> Source | None:
        """`أفادت في بيان أن …`: the text speaks where the sentence names nobody."""
        doc, place = self.doc, cue.end + 1
        if self.found or doc.form(cue.end) not in _SETTINGS or place >= self.last:
            return None
        if cue.start > self.first + 1 or doc.words[place].keys.isdisjoint(_TEXTS):
            return None
        return noun_phrase(doc, place, self.last)

    def _is_held(self, cue: Hit) -> bool:
        """Whether somebody speaks already, and the verb of the cue begins no clause of its own."""
        recent = self.found[-_REMEMBERED:]
        held = any(frame.start < cue.start and frame.source for frame in recent)
        return held and not self.doc.words[cue.start].conjunction

    def _is_word_of_another(self, cue: Hit, subject: Source) -> bool:
        """Whether the subject is one bare word that names nobody, within what somebody is reported to say."""
        if subject.end - subject.start > 1 or not any(frame.reported for frame in self.found[-_REMEMBERED:]):
            return False
        named = is_named(self.doc, subject.start) or is_definite(self.doc, subject.start)
        return not named and self._is_held(cue)

    def _is_inner(self, cue: Hit) -> bool:
        """Whether an announcement is itself reported by the one who speaks: it is his word, then."""
        recent = self.found[-_REMEMBERED:]
        held = any(frame.reported and frame.start < cue.start and frame.source for frame in recent)
        if not held or self.doc.words[cue.start].conjunction:
            return False
        return not any(
            hit_named(self.doc, index, "contrast")
            for index in range(max(self.first, cue.start - 4), cue.start)
        )

    def _through(self, cue: Hit, limit: int) -> Frame | None:
        """`جاء في البلاغ أن`, `علمت الجريدة من مصدر أن`."""
        doc = self.doc
        wanted = cue.entry.values["through"]
        for index in range(cue.end, min(cue.end + 8, limit)):
            if doc.form(index) in wanted:
                source = noun_phrase(doc, index + 1, self.last)
                if source is None or not is_named(doc, source.start):
                    return None
                source = with_name(doc, source, self.last)
                opening = self._opening(source.after, limit)
                rule = cue.entry.id
                if opening is not None:
                    return Frame(opening, opening, source, True, rule, at=cue.start)
                if doc.form(cue.end) in _WHAT_CAME:
                    return Frame(source.after, source.after, source, True, rule, at=cue.start)
                if doc.form(cue.start - 1) == "كما":
                    return Frame(
                        source.after, self._clause_start(cue.start), source, True, rule, at=cue.start
                    )
                return None
        return None

    def _held_in(self, cue: Hit) -> Frame | None:
        """`بلاغ جاء فيه أن`: the document named before the verb."""
        for index in range(cue.start - 1, max(self.first - 1, cue.start - 16), -1):
            word = self.doc.words[index]
            if not word.keys.isdisjoint(DOCUMENTS) or word.form.removesuffix("ا") in DOCUMENTS:
                source = noun_phrase(self.doc, index, cue.start)
                return Frame(cue.end, cue.end, source, True, cue.entry.id, at=cue.start)
        return None

    def _continued(self, cue: Hit) -> Frame | None:
        """`مضيفا أن`, `مشيرا إلى`, `بالقول إن`."""
        form = self.doc.form(cue.start)
        source = self._speaker(form.endswith("ه"), exact=True) or main_subject(
            self.doc, self.first, cue.start
        )
        if source is None and not self.found:
            return None
        return Frame(cue.end, cue.end, source, True, cue.entry.id, form.endswith("ه"), cue.start)

    def _speaker(self, feminine: bool, *, exact: bool = False) -> Source | None:
        """The last who spoke in the sentence; with `exact`, whose verb agrees, if there are two."""
        recent = self.found[-_REMEMBERED:]
        speakers = [frame for frame in recent if frame.source and frame.reported]
        if exact and len({frame.source for frame in speakers}) > 1:
            speakers = [frame for frame in speakers if frame.feminine == feminine] or speakers
        if speakers:
            return speakers[-1].source
        cited = [frame for frame in recent if frame.source]
        return cited[-1].source if cited and not any(frame.reported for frame in recent) else None
