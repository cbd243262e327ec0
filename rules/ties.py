"""Ties: how the words around a number bind it to a programme and to a measure of it, and what sets it against both.

A number fits an indicator by kind, unit, rate, size and words of measure. Nothing may set it against the measure
(refused, outside, in arrears, on average, `من أصل`). Language in `lexicon/measures.toml`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from rules.catalogue import Indicator, catalogue
from rules.document import REACH, Document, Hit
from rules.mentions import Mention
from rules.topics import Sentence, Topic, Topics

_COMMAS = frozenset("،,؛;:()")
_PAUSES = frozenset("،,")
_CORRECTIONS = frozenset({"بل", "وليس", "وليست", "وليسوا"})
_MEASURED = frozenset({"benefit", "receive", "registered"})
_FOR = frozenset({"لفايده", "لصالح"})
_INSTEAD = frozenset({"عوض", "بدل"})
_PREPOSITIONS = frozenset({"في", "من", "ضمن"})
_JOINED = 5
"""How many words may stand between a number and the programme that it is counted out of."""
TOTAL = 1_000_000.0
"""Where a series of payments ends and one of totals begins."""
_NEAR = 4
"""How many words a cue may stand from its number: approximators and bounds come between."""
_LEAST_COUNT = 20
"""No series counts fewer: three families are a story, not a figure."""
_NAMED = 3
"""How many programmes of a sentence are tried on one side of a number."""

_CARRIED = "quantity.unit_carried"
"""The rule of a bare number that took the unit of the number before."""

PEOPLE = frozenset(
    unit for made in catalogue() if made.kind == "count" for unit in (*made.units, *made.units_if_said)
) - {"household", "company", "file", ""}
"""Units that count people one by one."""


class Clause:
    """A number and the words around it that speak of it."""

    def __init__(self, doc: Document, topics: Topics, sentence: Sentence, place: int) -> None:
        self.doc = doc
        self.topics = topics
        self.sentence = sentence
        numbers = sentence.numbers
        self.mention = mention = numbers[place]
        self.before = numbers[place - 1] if place else None
        """The number before it in the sentence."""
        asked = not place and topics.answers(sentence.number)
        start = topics.sentence(sentence.number - 1).start if asked else sentence.start
        self.first = max(start, mention.first - REACH)
        """How far back the text is looked at: the sentence, and the question that it answers."""
        self.start = self._start(place)
        """Where the words before the number begin to speak of it."""
        following = [number.first for number in numbers[place + 1 : place + 3]]
        following += [sentence.end] * (2 - len(following))
        self.next = min(following[0], mention.last + REACH)
        """Where the next number begins."""
        restated = place + 1 < len(numbers) and self.has("apposition", mention.last, self.next)
        self.beyond = min(following[1], mention.last + REACH) if restated else self.next
        """Where it begins when the next one only says the same in another unit (`أي ما يقارب …`)."""
        self.end = self._end()
        """Where the words after the number cease to speak of it."""
        self.points_back = self.has("back", self.first, self.end)

    def _start(self, place: int) -> int:
        start = self.first
        skip = self.mention.change == "to"
        for before in reversed(self.sentence.numbers[max(0, place - 3) : place]):
            if before.kind in ("age", "duration"):
                continue
            if self.mention.change == "to" and before.kind == "percent" != self.mention.kind:
                continue  # `ارتفعت النفقات بنسبة 12 في المائة لتستقر في 15 مليارا`
            if self._corrects(before):
                continue
            if skip and before.change == "from":
                skip = False
                continue
            start = max(start, before.last)
            break
        if place and self._corrects(self.sentence.numbers[place - 1]):
            return start
        breaks = self.doc.hits_in(start, self.mention.first, "contrast")
        return breaks[-1].end if breaks else start

    def _corrects(self, before: Mention) -> bool:
        """Whether the number takes the place of one before: `لم يبلغ 600 ألف، بل 128 ألف أسرة`."""
        between = range(before.last, self.mention.first)
        return any(self.doc.form(index) in _CORRECTIONS for index in between)

    def _end(self) -> int:
        """The first comma; one that closes an apposition is none: `أي ما يقارب 9 ملايين فرد، بالسجل`."""
        last = self.mention.last
        restates = self.has("apposition", max(self.start, self.mention.first - _NEAR), self.mention.first)
        skipped = restates and self.doc.form(last) in _PAUSES
        commas = (
            index for index in range(last + skipped, self.next) if self.doc.words[index].form in _COMMAS
        )
        return next(commas, self.next)

    def has(self, group: str, start: int, end: int) -> bool:
        """Whether a cue of `group` stands within tokens `[start, end)`."""
        return bool(self.doc.hits_in(start, end, group))

    def near(self) -> Iterator[tuple[Topic, str]]:
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
            narrower = joined.general and nearest.insurance
            kept = joined.institution and not self.has("contrast", nearest.end, first)
            if kept or narrower:
                yield nearest, "indicator.narrower"
        if joined and joined.institution and nearest is None and self.mention.kind == "money":
            # `9 مليارات للصندوق … مقابل اشتراكات أمو تضامن`: who is paid, then what for.
            yield from self.after(
                [topic for topic in topics[behind + 1 : behind + _NAMED] if not topic.institution]
            )
        if joined:
            yield joined, "indicator.joined"
        following = topics[behind : behind + _NAMED]
        if nearest is None:
            yield from self.after(following)
        elif self.has("contrast", nearest.end, first):
            yield from self.after([topic for topic in following if self._governed(topic)])
        for topic in reversed(topics[max(0, here - _NAMED) : here]):
            yield topic, "indicator.before"
            if not topic.institution:
                return

    def after(self, topics: Sequence[Topic]) -> Iterator[tuple[Topic, str]]:
        """The programmes that are named only behind the number."""
        for topic in topics:
            contrasted = self.has("contrast", self.mention.last, topic.start)
            if topic.start < self.beyond and not contrasted and not self.doc.words[topic.start].conjunction:
                yield topic, "indicator.after"

    def _governed(self, topic: Topic) -> bool:
        """Whether a preposition stands before the name."""
        return topic.governed or self.doc.form(topic.start - 1) in _PREPOSITIONS

    def runs_on(self) -> bool:
        """Whether the number runs on into the name of a programme."""
        place = bisect_left(self.sentence.starts, self.mention.last)
        return place < len(self.sentence.topics) and self.joined(self.sentence.topics[place])

    def joined(self, topic: Topic) -> bool:
        """Whether the number runs on into the name of the programme."""
        start, end = self.mention.last, topic.start
        return (
            end <= self.end
            and sum(self.doc.words[index].is_word for index in range(start, end)) <= _JOINED
            and not self.has("contrast", start, end)
            and not self.has("only", start, end)
        )

    def meant(self) -> Iterator[tuple[str, str, int]]:
        """The programmes that words like `هذا الدعم` mean, the nearest to the number first, with where they stand."""
        hits = self.doc.hits_in(self.first, self.end, "alias")
        for hit in reversed(hits[-_NAMED:]):
            if any(topic.start <= hit.start < topic.end for topic in self.sentence.topics):
                continue
            if hit.entry.values.get("people"):
                continue
            # `يستفيد منه 3 ملايين، بينما لا يتعدى عدد المستفيدين من …`: no longer of the same.
            if _first(hit) and self.has("contrast", hit.end, self.mention.first):
                continue
            name = self.topics.meant_by(hit)
            if name:
                rule = "indicator.pronoun" if _first(hit) else "indicator.alias"
                yield name, rule, hit.start

    def part(self) -> bool:
        """Whether the number is told as a part of the one before it: `منها 900 أسرة`, `ثلاثة ملايين منها`."""
        if self.before is None or self.before.kind != self.mention.kind:
            return False
        first, last = self.mention.first, self.mention.last
        if "indicator.part" in self.before.rules and first - self.before.last <= 1:
            return True
        marks = self.doc.hits_in(max(self.before.last, first - _NEAR), first, "part_of")
        beside = marks and all(self._slight(index) for index in range(marks[-1].end, first))
        return bool(beside or self.doc.hit_at(last, "part_of"))

    def part_of_the_last(self) -> bool:
        """Whether it only says where a part of the sentence before is: `ويوجد منها بالإقليم 68 ألفا`."""
        return (
            self.before is None
            and self.mention.unit is None
            and self.bare()
            and self.has("part_of", self.first, self.mention.first)
        )

    def of_a_thing(self) -> bool:
        """Whether it is told of a thing counted just before: `174 داخلية يستفيد منها 160 ألف تلميذ`."""
        if self.before is None or self.before.kind != "count" or self.before.indicator:
            return False
        last = self.before.last
        return any(
            hit.start - last <= 1
            for hit in self.doc.hits_in(last, self.mention.first, "alias")
            if _first(hit)
        )

    def set_against_others(self) -> bool:
        """Whether it counts who is insured, beside those whom their insurance covers too."""
        last = self.mention.last
        return self.mention.unit == "insured" and any(
            other.unit == "dependant" and last <= other.first <= last + 1 for other in self.sentence.numbers
        )

    def of_the_same(self) -> bool:
        """Whether it counts what the number before it counts, so that it is nothing else's part."""
        return self.before is not None and self.mention.unit in (None, self.before.unit)

    def _slight(self, index: int) -> bool:
        """Whether a token is no more than a mark, a particle or an approximator."""
        word = self.doc.words[index]
        slight = not word.is_word or "function" in word.classes
        return slight or any(hit.entry.group.startswith("qualifier") for hit in self.doc.hits_at(index))

    def chained(self) -> bool:
        """Whether only dates and particles part it from the number before: `250 درهما سنة 2025 ثم 300 درهم`."""
        if (
            self.before is None
            or self.before.kind != self.mention.kind
            or self.mention.unit != self.before.unit
        ):
            return False
        return all(self._step(index) for index in range(self.before.last, self.mention.first))

    def _step(self, index: int) -> bool:
        word = self.doc.words[index]
        if not word.is_word:
            return word.form not in "؛;:()"
        return word.numeral is not None or any(
            hit.entry.group in ("chain", "month", "qualifier") for hit in self.doc.hits_at(index)
        )

    def said(self, names: Sequence[str], whole: bool) -> bool:
        """Whether one of the measures stands by the number, or (`whole`) anywhere before it in the sentence."""
        start = self.first if whole else self.start
        return any(hit.entry.name in names for hit in self.doc.hits_in(start, self.end, "measure"))

    def fits(self, indicator: Indicator, rule: str) -> bool:
        """Whether the number can be one of the series, tied to its programme by `rule`."""
        return (
            self.can_be(indicator)
            and not self._elsewhere(indicator, rule)
            and self._unit_fits(indicator)
            and self._tied(indicator, rule)
        )

    def scheme(self) -> str | None:
        """The scheme whose people the number counts: `و3 ملايين من العمال غير الأجراء`."""
        for hit in self.doc.hits_in(self.mention.first, min(self.end, self.mention.last + _JOINED), "scheme"):
            return str(hit.entry.values.get("of", hit.entry.name))
        return None

    def can_be(self, indicator: Indicator) -> bool:
        """Whether kind, size and rate are those of the series."""
        mention = self.mention
        value = abs(mention.value or 0)
        if mention.kind != indicator.kind or not indicator.least <= value <= indicator.most:
            return False
        if mention.kind == "count" and (value < _LEAST_COUNT or not (mention.unit or self.bare())):
            return False
        if mention.kind == "percent" and mention.change is not None:
            return False
        return mention.per is None or mention.per in indicator.per

    def _unit_fits(self, indicator: Indicator) -> bool:
        """Whether the unit is the series' own, or one that a word of measure makes it."""
        mention = self.mention
        unit = mention.unit or ""
        if unit in indicator.units or (
            unit in PEOPLE and "" in indicator.units and _CARRIED in mention.rules
        ):
            return True
        # What a total is of is said once for all its parts; what a single payment is must stand by it.
        total = mention.kind == "money" and indicator.most > TOTAL
        told = self.said((*indicator.said, *indicator.carried_by), whole=total)
        told = told or (mention.per is not None and not total) or self.scheme() in indicator.programmes
        return unit in indicator.units_if_said and told

    def _tied(self, indicator: Indicator, rule: str) -> bool:
        """Whether the measure is said where the programme is not named beside the number."""
        mention = self.mention
        if rule == "indicator.continued":
            rate = mention.per is not None and indicator.most < TOTAL
            return rate or self.points_back or self.said((*indicator.said, *indicator.carried_by), whole=True)
        if rule == "indicator.carried" and (self.points_back or self._opens_at_a_rate()):
            return True
        if rule == "indicator.carried" and self._restates_share():
            return True
        if rule in ("indicator.carried", "indicator.title"):
            return self.said(indicator.carried_by or indicator.said, whole=True)
        return True

    def _opens_at_a_rate(self) -> bool:
        """Whether a payment opens the sentence: `خمسمائة درهم في الشهر تعني …` speaks of what was named last."""
        return self.mention.per is not None and self.mention.first == self.sentence.start

    def _restates_share(self) -> bool:
        """Whether it says a share again as a number: `نتحدث عن 80 في المائة، أي ما يعادل 30 مليون شخص`."""
        if self.before is None or self.before.kind != "percent" or self.before.change is not None:
            return False
        return self.has("apposition", self.before.last, self.mention.first)

    def bare(self) -> bool:
        """Whether the noun of a number without a unit is understood rather than one that is not counted."""
        index = self.mention.last
        if self.mention.unit is None and self.doc.form(self.mention.first - 1) in _INSTEAD:
            return False  # `28 متغيرا عوض 38`: the noun is known, and none of ours
        if "understood" in self.doc.words[index - 1].classes:
            return True
        last = self.doc.words[index - 1]
        if not (last.is_number or last.numeral):
            return False
        if index >= len(self.doc) or not self.doc.words[index].is_word:
            return True
        following = self.doc.words[index]
        return following.conjunction or not following.classes.isdisjoint(("understood", "function"))

    def _elsewhere(self, indicator: Indicator, rule: str) -> bool:
        """Whether a sum is for something else than the programme: `درهم لتأهيل الأنظمة`."""
        if self.mention.kind != "money" or rule in ("indicator.joined", "indicator.unit"):
            return False
        index = self.mention.last
        if index >= self.sentence.end or not self.doc.form(index).startswith("ل"):
            return False
        if self.doc.form(index) in _FOR and self._is_thing(index + 1):
            return True
        if self.doc.hit_at(index, "purpose"):
            return False
        part = self.doc.hit_at(index, "part")
        return part is None or not set(indicator.programmes).intersection(part.entry.values["programmes"])

    def _is_thing(self, index: int) -> bool:
        """Whether a name in quotation marks or a thing stands at token `index`, rather than people."""
        unit = self.doc.hit_at(index, "unit")
        if unit is None:
            return self.doc.form(index) == '"'
        slug = unit.entry.values["slug"]
        return unit.entry.values["kind"] == "count" and slug not in PEOPLE and slug != "household"

    def barred(self, programme: str, named: bool, total: bool = True) -> bool:
        """Whether the text sets the number against what the programme counts.

        `named`: the programme is named in the same sentence; `total`: the series is one of totals.
        """
        first, last = self.mention.first, self.mention.last
        scopes = {
            "clause": (self.start, self.end),
            "left": (self.start, first),
            "right": (last, self.end),
            "behind": (self.first, first),
            "before": (max(self.start, first - _NEAR), first),
            "own": (first, last),
            "beside": (last, min(last + 2, self.sentence.end)),
            "sentence": (self.first, min(self.sentence.end, last + REACH)),
        }
        for hit in self.doc.hits_in(*scopes["sentence"], "bar"):
            scope = hit.entry.values.get("scope", "clause")
            start, end = scopes[scope]
            if (
                self._bars(hit, programme)
                and not (named and hit.entry.values.get("unnamed"))
                and (total or not hit.entry.values.get("totals"))
                and not (hit.entry.values.get("unmeasured") and self._measured())
                and start <= hit.start < end
                and (scope == "own" or not first <= hit.start < last)
                # `لم يستفد سوى …`: the denied verb is affirmed of the number.
                and (hit.entry.values.get("holds") or not self._affirmed(hit.end))
                and not (hit.entry.values.get("totals") and self._paced())
            ):
                return True
        return False

    def _affirmed(self, start: int) -> bool:
        """Whether سوى or غير takes a denial that ends at `start` back for the number."""
        return self.has("only", start, self.mention.first) or self.doc.form(self.mention.first - 1) == "غير"

    def _paced(self) -> bool:
        """Whether it is how many there are in a stretch of time: `بمعدل 900 ملف في اليوم`."""
        return self.mention.kind == "count" and self.mention.per is not None

    def _measured(self) -> bool:
        """Whether what is counted is said right behind the number: `4 ملايين أسرة مستفيدة`."""
        hit = self.doc.hit_at(self.mention.last, "measure")
        return hit is not None and hit.entry.name in _MEASURED

    def _bars(self, hit: Hit, programme: str) -> bool:
        values = hit.entry.values
        kind = self.mention.kind
        return kind in values.get("kinds", (kind,)) and programme in values.get("programmes", (programme,))


def _first(alias: Hit) -> bool:
    """Whether it outweighs the names behind it."""
    return bool(alias.entry.values.get("stands_first"))
