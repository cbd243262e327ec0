"""Indicators: which named series a number belongs to, by the programme and the measure that the text ties it to.

The programme of a number is looked for from near to far:

1. the one that the number is counted out of (`4 ملايين أسرة من الدعم المباشر`), with nothing but a few words between;
2. the last one named before it in the sentence; an institution that only keeps the files gives way to the one before;
3. one named later in the sentence, before the next number, when none stands before;
4. what the number before it or the sentence before was about, when the sentence points back to it (`هذا النظام`) or
   says a word of its measure: any in the same paragraph, across a line break only a telling one;
5. the title's, or where it names none the first sentence's, when the sentence says the measure itself.

A general name of health insurance is that of one scheme where the sentence says whose insurance it is, and a list of
schemes is the whole. The number must then fit an indicator of the programme (kind, unit, rate, size, words of
measure), and nothing may set it against the measure (refused, outside, in arrears, on average, `من أصل`).
Language in `lexicon/programmes.toml`, the catalogue in `lexicon/indicators.toml`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from rules.catalogue import Indicator, catalogue
from rules.document import REACH, Document, Hit
from rules.mentions import Mention

__all__ = ["Indicator", "assign_indicators", "catalogue"]

_GENERAL = "amo"
_COMMAS = frozenset("،,؛;:()")
_JOINED = 5
"""How many words may stand between a number and the programme that it is counted out of."""
_TENTATIVE = frozenset({"indicator.after", "indicator.narrower"})
"""Rules whose programme is passed over when it has no indicator for the number."""
_TOTAL = 1_000_000.0
"""Where a series of payments ends and one of totals begins."""
_OUT_OF = 4
"""How many words `من أصل` may stand before its number: approximators and bounds come between."""
_LEAST_COUNT = 20
"""No series counts fewer: three families are a story, not a figure."""
_NAMED = 3
"""How many programmes of a sentence are tried on one side of a number."""
_BACK = 3
"""How many sentences of a paragraph a topic lasts without being named again."""

_BY_PROGRAMME: dict[str, list[Indicator]] = {}
for _made in catalogue():
    for _name in _made.programmes:
        _BY_PROGRAMME.setdefault(_name, []).append(_made)
_KINDS = frozenset(made.kind for made in catalogue())


class _Topic(NamedTuple):
    """A programme named at tokens `[start, end)`."""

    start: int
    end: int
    name: str
    institution: bool = False
    listed: bool = False
    """A list of schemes, which stands for the whole."""


class _Sentence:
    """The numbers of one sentence and the programmes that it names."""

    __slots__ = ("end", "number", "numbers", "scheme", "start", "starts", "topics")

    def __init__(self, doc: Document, number: int, numbers: Sequence[Mention]) -> None:
        self.number = number
        self.start, self.end = doc.sentences[number]
        self.numbers = numbers
        self.topics = _topics(doc, doc.hits_in(self.start, self.end, "programme"))
        self.starts = [topic.start for topic in self.topics]
        schemes = {hit.entry.name for hit in doc.hits_in(self.start, self.end, "scheme")}
        self.scheme = schemes.pop() if len(schemes) == 1 else None
        """Whose health insurance the sentence speaks of, where it is one scheme's."""

    def programme(self, topic: _Topic) -> str:
        """The programme of a topic: the general name of health insurance narrowed to whose it is."""
        general = topic.name == _GENERAL and not topic.listed
        return self.scheme if general and self.scheme else topic.name


def _topics(doc: Document, hits: Sequence[Hit]) -> list[_Topic]:
    """The programmes of a sentence; names of schemes that follow one another are read as one."""
    found: list[_Topic] = []
    names: set[str] = set()
    for hit in hits:
        if hit.entry.values.get("silent"):
            continue
        name = hit.entry.values.get("of", hit.entry.name)
        topic = _Topic(hit.start, hit.end, name, bool(hit.entry.values.get("institution")))
        if found and _both_insure(found[-1].name, name) and _adjacent(doc, found[-1].end, hit.start):
            names.add(name)
            schemes = names - {_GENERAL}
            listed = len(schemes) > 1
            name = _GENERAL if listed else next(iter(schemes), _GENERAL)
            found[-1] = _Topic(found[-1].start, hit.end, name, listed=listed)
        else:
            names = {name}
            found.append(topic)
    return found


def _both_insure(one: str, other: str) -> bool:
    return one.startswith(_GENERAL) and other.startswith(_GENERAL)


def _adjacent(doc: Document, start: int, end: int) -> bool:
    return end - start <= 3 and not any(doc.words[index].is_word for index in range(start, end))


def assign_indicators(doc: Document, mentions: Sequence[Mention], title: str) -> None:
    """Set `indicator` of every quantity among `mentions` (in text order) that belongs to a series.

    Reads kind, value, unit, per and change of the mentions, and the title only for what the body leaves open.
    """
    reader = _Reader(doc, mentions, title)
    if doc.group("programme") or reader.headline():
        reader.read()


class _Reader:
    """One pass over the sentences of a document that hold numbers."""

    def __init__(self, doc: Document, mentions: Sequence[Mention], title: str) -> None:
        self.doc = doc
        self.title = title
        self.headline_names: list[str] | None = None
        self.made: dict[int, _Sentence] = {}
        self.assigned: dict[int, str] = {}
        """Sentence → programme of its last number that has an indicator."""
        self.by_sentence: dict[int, list[Mention]] = {}
        for mention in mentions:
            if not mention.is_date:
                self.by_sentence.setdefault(doc.sentence_number(mention.first), []).append(mention)

    def sentence(self, number: int) -> _Sentence:
        """The sentence, read once."""
        if number not in self.made:
            self.made[number] = _Sentence(self.doc, number, self.by_sentence.get(number, ()))
        return self.made[number]

    def read(self) -> None:
        """Set the indicators."""
        for number, numbers in self.by_sentence.items():
            if not any(mention.kind in _KINDS for mention in numbers):
                continue
            sentence = self.sentence(number)
            for place, mention in enumerate(numbers):
                if mention.kind in _KINDS:
                    self.decide(sentence, place, mention)
            for mention, then in pairwise(numbers):
                # `من 8 ملايين إلى 11 مليون مستفيد من …`: the programme stands behind the second.
                if mention.change == "from" and then.change == "to" and mention.unit == then.unit:
                    mention.indicator = then.indicator or mention.indicator

    def decide(self, sentence: _Sentence, place: int, mention: Mention) -> None:
        """Set the indicator of one number."""
        clause = _Clause(self.doc, sentence, place, mention)
        for name, rule in self.candidates(sentence, clause, mention):
            made = next((i for i in _BY_PROGRAMME.get(name, ()) if clause.fits(i, rule)), None)
            if made is not None and not clause.barred(name):
                mention.indicator = made.slug
                mention.rules.append(rule)
                self.assigned[sentence.number] = name
                return

    def candidates(self, sentence: _Sentence, clause: _Clause, mention: Mention) -> Iterator[tuple[str, str]]:
        """Programmes that the number may belong to, the nearest first, each with the rule that found it."""
        for topic, rule in clause.near():
            yield sentence.programme(topic), rule
            if not topic.institution and rule not in _TENTATIVE:
                return
        yield from self.carried(sentence.number)
        if all(topic.institution or topic.start >= clause.end for topic in sentence.topics):
            for name in self.headline():
                yield name, "indicator.title"

    def carried(self, number: int) -> Iterator[tuple[str, str]]:
        """What sentence `number`, so far, and the sentences before it were about, with the rule."""
        if number in self.assigned:
            yield self.assigned[number], "indicator.continued"
        for back in range(_BACK):
            same = self.same_paragraph(number)
            number -= 1
            if number < 0 or (back and not same):
                return
            if number in self.assigned:
                yield self.assigned[number], "indicator.continued" if same else "indicator.carried"
                return
            before = self.sentence(number)
            strong = [topic for topic in before.topics if not topic.institution] or before.topics
            if strong:
                yield before.programme(strong[-1]), "indicator.carried"
                return

    def same_paragraph(self, number: int) -> bool:
        """Whether no line break stands before sentence `number`."""
        first = self.doc.sentences[number][0]
        return first > 0 and self.doc.words[first - 1].form != "\n"

    def headline(self) -> list[str]:
        """The programmes of the title, else of the sentence that opens the article."""
        if self.headline_names is None:
            title = Document(self.title) if self.title else None
            lines = [_Sentence(title, number, ()) for number in range(len(title.sentences))] if title else []
            if not any(line.topics for line in lines) and self.doc.sentences:
                lines = [self.sentence(0)]
            self.headline_names = [line.programme(topic) for line in lines for topic in line.topics]
        return self.headline_names


class _Clause:
    """A number and the words around it that speak of it."""

    def __init__(self, doc: Document, sentence: _Sentence, place: int, mention: Mention) -> None:
        self.doc = doc
        self.sentence = sentence
        self.mention = mention
        self.first = max(sentence.start, mention.first - REACH)
        """How far back the sentence is looked at."""
        self.start = self._start(sentence.numbers, place)
        """Where the words before the number begin to speak of it."""
        following = sentence.numbers[place + 1].first if place + 1 < len(sentence.numbers) else sentence.end
        self.next = min(following, mention.last + REACH)
        """Where the next number begins."""
        commas = (i for i in range(mention.last, self.next) if doc.words[i].form in _COMMAS)
        self.end = next(commas, self.next)
        """Where the words after it cease to."""
        self.points_back = self.has("back", self.first, self.end)

    def _start(self, numbers: Sequence[Mention], place: int) -> int:
        start = self.first
        skip = self.mention.change == "to"
        for before in reversed(numbers[max(0, place - 3) : place]):
            if before.kind in ("age", "duration"):
                continue
            if skip and before.change == "from":
                skip = False
                continue
            start = max(start, before.last)
            break
        breaks = self.doc.hits_in(start, self.mention.first, "contrast")
        return breaks[-1].end if breaks else start

    def has(self, group: str, start: int, end: int) -> bool:
        """Whether a cue of `group` stands within tokens `[start, end)`."""
        return bool(self.doc.hits_in(start, end, group))

    def near(self) -> Iterator[tuple[_Topic, str]]:
        """The programmes of the sentence that the number may belong to, the likeliest first."""
        first, last = self.mention.first, self.mention.last
        topics = self.sentence.topics
        here = bisect_left(self.sentence.starts, first)
        behind = bisect_left(self.sentence.starts, last)
        for topic in topics[here:behind]:
            yield topic, "indicator.unit"
        joined = topics[behind] if behind < len(topics) and self.joined(topics[behind]) else None
        nearest = topics[here - 1] if here else None
        if joined and nearest:
            narrower = joined.name == _GENERAL and nearest.name.startswith(_GENERAL)
            if joined.institution or narrower:
                yield nearest, "indicator.narrower"
        if joined:
            yield joined, "indicator.joined"
        for topic in reversed(topics[max(0, here - _NAMED) : here]):
            yield topic, "indicator.before"
            if not topic.institution:
                return
        if nearest is None:
            for topic in topics[behind : behind + _NAMED]:
                if topic.start < self.next and not self.doc.words[topic.start].conjunction:
                    yield topic, "indicator.after"

    def joined(self, topic: _Topic) -> bool:
        """Whether the number runs on into the name of the programme."""
        start, end = self.mention.last, topic.start
        return (
            end <= self.end
            and sum(self.doc.words[index].is_word for index in range(start, end)) <= _JOINED
            and not self.has("contrast", start, end)
            and not self.has("only", start, end)
        )

    def said(self, names: Sequence[str], whole: bool) -> bool:
        """Whether one of the measures stands by the number, or (`whole`) anywhere before it in the sentence."""
        start = self.first if whole else self.start
        return any(hit.entry.name in names for hit in self.doc.hits_in(start, self.end, "measure"))

    def fits(self, indicator: Indicator, rule: str) -> bool:
        """Whether the number can be one of the series, tied to its programme by `rule`."""
        mention = self.mention
        unit = mention.unit or ""
        value = abs(mention.value or 0)
        if mention.kind != indicator.kind or not indicator.least <= value <= indicator.most:
            return False
        if mention.kind == "count" and (value < _LEAST_COUNT or not (unit or self.bare())):
            return False
        if mention.kind == "percent" and mention.change is not None:
            return False
        if mention.per is not None and mention.per not in indicator.per:
            return False
        if (
            mention.kind == "money"
            and rule not in ("indicator.joined", "indicator.unit")
            and self.elsewhere(indicator)
        ):
            return False
        if unit not in indicator.units:
            # What a total is of is said once for all its parts; what a single payment is must stand by it.
            total = mention.kind == "money" and indicator.most > _TOTAL
            told = self.said((*indicator.said, *indicator.carried_by), whole=total)
            told = told or (mention.per is not None and not total)
            if unit not in indicator.units_if_said or not told:
                return False
        if rule == "indicator.continued":
            rate = mention.per is not None and indicator.most < _TOTAL
            return rate or self.points_back or self.said((*indicator.said, *indicator.carried_by), whole=True)
        if rule == "indicator.carried" and self.points_back:
            return True
        if rule in ("indicator.carried", "indicator.title"):
            return self.said(indicator.carried_by or indicator.said, whole=True)
        return True

    def bare(self) -> bool:
        """Whether the noun of a number without a unit is understood rather than one that is not counted."""
        index = self.mention.last
        last = self.doc.words[index - 1]
        if not (last.is_number or last.numeral):
            return False
        if index >= len(self.doc) or not self.doc.words[index].is_word:
            return True
        return self.doc.words[index].conjunction or "understood" in self.doc.words[index].classes

    def elsewhere(self, indicator: Indicator) -> bool:
        """Whether a sum is for something else than the programme: `درهم لتأهيل الأنظمة`."""
        index = self.mention.last
        if index >= self.sentence.end or not self.doc.form(index).startswith("ل"):
            return False
        if self.doc.hit_at(index, "purpose"):
            return False
        part = self.doc.hit_at(index, "part")
        return part is None or not set(indicator.programmes).intersection(part.entry.values["programmes"])

    def barred(self, programme: str) -> bool:
        """Whether the text sets the number against what the programme counts."""
        first, last = self.mention.first, self.mention.last
        scopes = {
            "clause": (self.start, self.end),
            "left": (self.start, first),
            "behind": (self.first, first),
            "before": (max(self.start, first - _OUT_OF), first),
            "sentence": (self.first, min(self.sentence.end, last + REACH)),
        }
        for hit in self.doc.hits_in(*scopes["sentence"], "bar"):
            values = hit.entry.values
            if (
                self.mention.kind in values.get("kinds", (self.mention.kind,))
                and programme in values.get("programmes", (programme,))
                and not first <= hit.start < last
            ):
                start, end = scopes[values.get("scope", "clause")]
                # `لم يستفد سوى …`: the denied verb is affirmed of the number.
                if start <= hit.start < end and not self.has("only", hit.end, first):
                    return True
        return False
