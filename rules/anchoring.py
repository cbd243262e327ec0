"""Anchoring: which date in the sentence says when a quantity holds.

A quantity takes the date of its own part of the sentence (between commas): the one right behind it, else the one
before it (`19 مليار سنة 2021 إلى 30 مليار سنة 2024`). Without one it takes the only date of the sentence, so that a
date reaches over a list; but no date reaches over the beginning of another event (`في حين`, `بعدما`), none reaches
back over a turn of the text (`إذ`), and one inside a relative clause stays there. A period divides between `from`
(as of its first day) and `to` (as of its last). The day of a speech, a letter, a law or a birth dates nothing; nor
does a season or a year that is a part of a name. Ages and durations are dated only by a beginning or an end beside
them. A figure said again in other words (`أي ما يعادل`) keeps its date. The relation is the date's own, but for `منذ`
before the event that the date dates. The cues are in `lexicon/anchoring.toml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rules.document import Document, Hit
from rules.mentions import Mention
from rules.modality import is_future_verb

GROUP = "anchoring"
SAME_PART = "anchoring.same_part"
ONLY_DATE = "anchoring.only_date"
LIST = "anchoring.list"
RESTATED = "anchoring.restated"
PERIOD = "anchoring.period"
_COMMAS = frozenset("،,")
# How far before a date the words reach that say what it is the date of.
_NEAR = 6
_APART = 4
_COMPARED = 4
_BESIDE = 3
_SEASON = 3
_HEAD = 1
"""How far into a sentence a date stands that it begins with: `وبخصوص الربع الثاني من سنة 2025، …`."""
_INSTEAD = frozenset({"عوض", "بدل"})
_UNTIL = frozenset({"الي", "حتي"})
"""`منذ بداية الوباء إلى غاية الأربعاء`: the day is the end."""
_RECORDED = frozenset({"case", "victim", "injured"})


def anchor(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `when_start`, `when_end` and `when_relation` of the quantities among `mentions` (in text order).

    The date mentions must carry theirs; a date that could not be resolved dates nothing.
    """
    by_sentence: dict[int, tuple[list[Mention], list[Mention]]] = {}
    for mention in mentions:
        quantities, dates = by_sentence.setdefault(doc.sentence_number(mention.first), ([], []))
        (dates if mention.is_date else quantities).append(mention)
    for number, (quantities, dates) in by_sentence.items():
        if quantities and dates:
            _Sentence(doc, number, quantities, dates).anchor()


class _Sentence:
    """The quantities and dates of one sentence and what stands between them."""

    def __init__(
        self, doc: Document, number: int, quantities: Sequence[Mention], dates: Sequence[Mention]
    ) -> None:
        self.doc = doc
        self.start, self.end = doc.sentences[number]
        self.quantities = quantities
        self.hits = doc.hits_in(self.start, self.end, GROUP)
        self.commas = [i for i in range(self.start, self.end) if doc.words[i].form in _COMMAS]
        self.dates = [when for when in dates if self._dates_something(when)]
        self.told: list[Mention] = []
        """The dates that have dated a figure of the sentence."""

    def anchor(self) -> None:
        """Date what is dated."""
        before: Mention | None = None
        before_date: Mention | None = None
        for quantity in self.quantities:
            other_time = self._is_of_other_time(quantity)
            when, rule = (None, "") if other_time else self._find(quantity)
            # `في 2024 بلغ العدد كذا، وكذا`: the list goes on under the date before it.
            if (
                when is None
                and not other_time
                and before is not None
                and before_date is not None
                and before_date.first < before.first
                and not (quantity.change == "from" and before_date.when_relation in ("since", "by"))
                and quantity.kind in ("count", "money", "percent", "measure", before.kind)
                and self._lists(before, quantity)
            ):
                when, rule = before_date, LIST
            told = before is not None and before_date is not None
            if when is None and before and told and self._restates(before, quantity):
                when, rule = before_date, RESTATED
            if when is not None:
                self._set(quantity, when, rule)
                self.told.append(when)
            before, before_date = quantity, when
        for when in self.dates:
            self._date_all_before(when)

    def _restates(self, before: Mention, quantity: Mention) -> bool:
        """Whether it only says the figure before in other words, or adds one to it: `5 ملايين طفل ومليون مسن`."""
        if quantity.kind in ("age", "duration") or before.change == "from":
            return False
        roles = self._roles(before.last, quantity.first)
        if "restates" in roles:
            return not roles & {"event", "comparison", "that"}
        between = range(before.last, quantity.first + 1)
        added = self.doc.words[before.last].conjunction or self.doc.form(before.last) == "و"
        return (
            added
            and len(between) <= _APART + 1
            and before.kind == quantity.kind
            and not roles
            and not any(index in self.commas for index in between)
        )

    def _date_all_before(self, when: Mention) -> None:
        """`…، وهي معطيات تعود لسنة 2014`: the date is that of every figure told before."""
        for hit in self.hits:
            if hit.entry.values["role"] == "told_of" and 0 <= when.first - hit.end <= _HEAD:
                for quantity in self.quantities:
                    undated = quantity.when_relation is None and quantity.kind not in ("age", "duration")
                    if undated and quantity.last <= hit.start:
                        self._set(quantity, when, hit.entry.id)

    # --- what a date is of

    def _roles(self, first: int, last: int) -> set[str]:
        return {hit.entry.values["role"] for hit in self.hits if first <= hit.start and hit.end <= last}

    def _dates_something(self, when: Mention) -> bool:
        """Whether it is resolved, no part of a name and no date of a document."""
        if when.when_relation is None or (when.when_start is None and when.when_end is None):
            return False
        if "date.middle" in when.rules:
            return False
        doc = self.doc
        behind = doc.hit_before(when.first, GROUP)
        if when.precision == "year" and when.last - when.first == 1 and doc.words[when.first].is_number:
            # برسم ميزانية 2019
            spoken = doc.has(when.first - 2, "برسم") or (
                when.first > 0 and "time_word" in doc.words[when.first - 1].classes
            )
            if not (
                spoken or (behind is not None and behind.entry.values["role"] in ("since", "comparison"))
            ):
                return False
        # `بتراجع قدره مليار عن السنة الجارية`: it is what the change is measured from.
        if doc.form(when.first - 1) == "عن" and any(
            other.change in ("increase", "decrease") and other.last == when.first - 1
            for other in self.quantities
        ):
            return False
        near = max([self.start, when.first - _NEAR, *(comma for comma in self.commas if comma < when.first)])
        if "document" in self._roles(near, when.first):
            return False
        years = doc.words[when.first].is_number or "season" in self._roles(when.first, when.last)
        if years and "season" in self._roles(max(self.start, when.first - _SEASON), when.last):
            return False
        return not self._is_compared(when)

    def _is_compared(self, when: Mention) -> bool:
        """Whether it is the time of what a figure is set against: `مقارنة بالفترة نفسها من سنة 2019`."""
        marks = (*(other.last for other in self.quantities), *self.commas)
        clear = max([self.start, when.first - 2 * _NEAR, *(mark for mark in marks if mark <= when.first)])
        return any(
            hit.entry.values["role"] == "comparison" and clear <= hit.start < when.first for hit in self.hits
        )

    def _is_speech(self, when: Mention, quantity: Mention) -> bool:
        """Whether the day is only that on which somebody speaks."""
        if when.when_relation != "on" or self._since(when) is not None:
            return False
        first, last = sorted((when, quantity), key=lambda mention: mention.first)
        before = [other.last for other in self.quantities if other.first < when.first]
        near = max([self.start, when.first - 2 * _NEAR, *before])
        if "vote" in self._roles(first.last, last.first):
            return False
        if quantity.unit in _RECORDED and "record" in self._roles(near, last.last):
            return False
        if when.relative and when.last - when.first == 1 and self.doc.has(when.first, "اليوم"):
            return True  # `اليوم` alone is as often "nowadays"
        # `أعلن الوزير الاثنين أن …`: what is said begins behind the day of saying it.
        return "speech" in self._roles(near, when.first) or "that" in self._roles(first.last, last.first)

    def _is_baseline(self, when: Mention) -> bool:
        """Whether it dates what a figure is set against: `مقابل 15 مليارا سنة 2019`."""
        before = [other for other in self.quantities if other.first < when.first]
        if not before:
            return False
        start = max(self.start, before[-1].first - _COMPARED)
        return "comparison" in self._roles(start, before[-1].first) and self._same_part(before[-1], when)

    # --- what stands between

    def _same_part(self, one: Mention, two: Mention) -> bool:
        first, last = sorted((one, two), key=lambda mention: mention.first)
        if first.is_date and self._next_to(first, last):
            return True
        if any(first.last <= comma < last.first for comma in self.commas):
            return False
        roles = self._roles(first.last, last.first)
        if roles & {"event", "gloss"}:
            return False
        if "condition" in roles and (first.is_date or self._is_threat(first.last, last)):
            return False
        return first.is_date or ("turn" not in roles and not self._reported(first.last, last.first))

    def _is_threat(self, place: int, when: Mention) -> bool:
        """`تهدد بشل 60 وكالة إذا لم يسحب المشروع قبل …`: the deadline is that of what must be done."""
        return when.when_relation == "by" and any(
            self.doc.form(hit.end) == "لم"
            for hit in self.hits
            if hit.entry.values["role"] == "condition" and place <= hit.start < when.first
        )

    def _next_to(self, when: Mention, quantity: Mention) -> bool:
        """Whether a quantity follows a date with at most a comma and an approximator between."""
        between = range(when.last, quantity.first)
        if len(between) > _APART or any(index in self.commas for index in between[1:]):
            return False
        if len(between) > 1 and between[0] not in self.commas:
            return False
        return not any(self.doc.words[index].conjunction for index in between) and not (
            self._roles(when.last, quantity.first) & {"event", "gloss", "turn", "comparison", "that"}
        )

    def _reaches(self, when: Mention, quantity: Mention) -> bool:
        """Whether a date reaches a quantity in another part of the sentence."""
        if when.first < quantity.first:
            roles = self._roles(when.last, quantity.first)
            glossed = "gloss" in roles and not self._is_told(when) and not self._follows(when, quantity)
            if glossed or roles & {"event", "condition"}:
                return False
            # `قبل متم السنة، …، الذي سترصد له 4 ملايين`: a deadline is none of a clause about another noun.
            if when.when_relation == "by" and not self._next_to(when, quantity):
                between = [hit for hit in self.hits if when.last <= hit.start < quantity.first]
                if roles & {"relative", "gloss"} or any(hit.entry.values.get("contrast") for hit in between):
                    return False
            return when in self.told or not (self._in_relative(when) or self._is_launch(when))
        if when.when_relation == "by" or self._is_aside(quantity, when):
            return False
        blocking = {"event", "gloss", "turn", "comparison"}
        part = max([self.start, *(comma for comma in self.commas if comma < quantity.first)])
        if "given" in self._roles(part, quantity.first):
            return False
        if self._in_relative(when) or self._inserted(when) or not self._reaches_back(when, quantity):
            return False
        # `خصص مليار لمراكز، سيتم الانتهاء منها سنة 2026`: what is to come has a date of its own.
        if any(
            quantity.last <= comma < when.first and is_future_verb(self.doc, comma + 1)
            for comma in self.commas
        ):
            return False
        return not (
            self._roles(quantity.last, when.first) & blocking or self._reported(quantity.last, when.first)
        )

    def _reported(self, first: int, last: int) -> bool:
        """Whether what somebody says begins between: a date in it is none of what stands before (وأن goes on)."""
        return any(
            hit.entry.values["role"] == "that" and not self.doc.words[hit.start].conjunction
            for hit in self.hits
            if first <= hit.start < last
        )

    def _follows(self, when: Mention, quantity: Mention) -> bool:
        """Whether every gloss between tells what will come of what is dated: `ابتداء من يناير، وهو ما سيمكن من …`."""
        return all(
            is_future_verb(self.doc, hit.end)
            for hit in self.hits
            if hit.entry.values["role"] == "gloss" and when.last <= hit.start < quantity.first
        )

    def _is_told(self, when: Mention) -> bool:
        """Whether it is the date of what the sentence tells: it stands at its head, or dates a figure already."""
        if when.first - self.start <= _HEAD:
            return True
        return when in self.told and not self._is_baseline(when)

    def _in_relative(self, when: Mention) -> bool:
        """Whether the date stands in a relative clause that ends before the next comma."""
        begin = max([self.start, *(comma for comma in self.commas if comma < when.first)])
        return "relative" in self._roles(begin, when.first)

    def _inserted(self, when: Mention) -> bool:
        """Whether it stands between commas in a relative clause: `الذي استفاد منه، إلى حدود ماي، 3 آلاف شخص`."""
        commas = [comma for comma in self.commas if comma < when.first][-2:]
        if not commas or when.first - commas[-1] > _APART:
            return False
        begin = commas[0] if len(commas) > 1 else self.start
        return "relative" in self._roles(begin, when.first)

    def _is_aside(self, quantity: Mention, when: Mention) -> bool:
        """`البرنامج، الذي كان يستفيد منه 3 ملايين، أدمج سنة 2023`: a relative clause ends before the date of its noun."""
        opening = max([comma for comma in self.commas if comma < quantity.first], default=-1)
        closed = any(quantity.last <= comma < when.first for comma in self.commas)
        return closed and opening >= 0 and self.doc.form(opening + 1) in ("الذي", "التي", "الذين")

    def _is_launch(self, when: Mention) -> bool:
        """Whether it is only the date on which a thing began (أطلق الورش سنة 2021، وبلغ …)."""
        begin = max([self.start, *(comma for comma in self.commas if comma < when.first)])
        return "launch" in self._roles(begin, when.first)

    def _lists(self, before: Mention, quantity: Mention) -> bool:
        between = range(before.last, quantity.first)
        return (
            quantity.first - before.last <= _NEAR
            and not self._roles(before.last, quantity.first) & {"event", "gloss", "turn"}
            and any(index in self.commas for index in between)
        )

    # --- the date of a quantity

    def _is_of_other_time(self, quantity: Mention) -> bool:
        """Whether the words behind it say that it holds for another time than the sentence: `مقابل 14 مليارا قبل سنة`."""
        doc = self.doc
        behind = doc.hit_at(quantity.last, GROUP)
        if behind is not None and behind.entry.values["role"] == "ago":
            return True
        # `العام الماضي 8600 زائر`: of an article without its day nobody knows which year that is.
        beside = doc.hit_before(quantity.first, "date_relative") or doc.hit_at(quantity.last, "date_relative")
        return doc.published is None and beside is not None

    def _find(self, quantity: Mention) -> tuple[Mention | None, str]:
        dates = [when for when in self.dates if not self._is_speech(when, quantity)]
        dates = [
            when
            for when in dates
            if not (when.last <= quantity.first and len(dates) > 1 and self._is_baseline(when))
        ]
        dates = [when for when in dates if not self._is_of_other_end(when, quantity)]
        if self.doc.form(quantity.first - 1) in _INSTEAD:
            # `تضم 28 متغيرا عوض 38`: what was has only a date of its own.
            dates = [when for when in dates if when.first >= quantity.last]
        length = quantity.kind == "duration" and "level" not in self._roles(self.start, quantity.first)
        if length or quantity.kind == "age":
            for when in dates:
                if 0 <= when.first - quantity.last <= 2 * _NEAR and self._ends_or_begins(quantity, when):
                    return when, SAME_PART
            return None, ""
        if quantity.change in ("from", "to"):
            for when in dates:
                if when.when_relation == "between" and self._parted(quantity):
                    return when, PERIOD
        if quantity.change == "from":
            # `من 73 درهما، في فاتح يوليوز 2019، إلى 76 درهما`: the commas hold the date of what was.
            for when in dates:
                if 0 <= when.first - quantity.last <= _APART and not self._quantity_between(quantity, when):
                    return when, SAME_PART
        near = [when for when in dates if self._same_part(when, quantity)]
        behind = [when for when in near if when.first >= quantity.last and self._reaches_back(when, quantity)]
        if behind and not self._quantity_between(quantity, behind[0]):
            return behind[0], SAME_PART
        ahead = [when for when in near if when.first < quantity.first]
        if ahead:
            return ahead[-1], SAME_PART
        if behind:
            return behind[0], SAME_PART
        if len(dates) == 1 and self._reaches(dates[0], quantity):
            return dates[0], ONLY_DATE
        return None, ""

    def _ends_or_begins(self, quantity: Mention, when: Mention) -> bool:
        """`ثلاث سنوات ابتداء من يناير`, `ثلاثة أسابيع، أي إلى غاية 10 يونيو`: the date beside a length of time."""
        if when.when_relation == "since":
            parted = quantity.kind == "age" and not self._same_part(quantity, when)
            return when.first - quantity.last <= _NEAR and not parted
        # `ستة أشهر، بين يناير ويونيو`, `48 ساعة يومي 3 و4 ماي`: the days are the length itself.
        if when.precision == "span" and quantity.kind == "duration" and when.first - quantity.last <= _BESIDE:
            apart = self._quantity_between(quantity, when)
            return not apart and when.when_relation in ("between", "during")
        said_again = any(
            self.doc.form(index) == "اي"
            for index in range(max(quantity.last, when.first - _APART), when.first)
        )
        return (
            when.when_relation in ("by", "as_of")
            and said_again
            and not self._quantity_between(quantity, when)
        )

    def _is_of_other_end(self, when: Mention, quantity: Mention) -> bool:
        """Whether a date is that of the other end of a movement.

        `من 12 منخرطا سنة 1986 إلى 1,7`: the date between dates what was. `من 3240 إلى 1320 ابتداء من يناير`: what
        begins later is not what was.
        """
        if quantity.change == "from" and when.when_relation in ("since", "by") and self._has_end(quantity):
            if when.first >= quantity.last:
                return self._quantity_between(quantity, when)
            return not self._is_long_since(when)
        if quantity.change == "from":
            return False
        if quantity.change != "to":
            return False
        started = [
            other for other in self.quantities if other.change == "from" and other.last <= quantity.first
        ]
        return bool(started) and started[-1].last <= when.first and when.last <= quantity.first

    def _has_end(self, quantity: Mention) -> bool:
        """Whether it is told what a quantity came to."""
        return any(other.change == "to" and other.first >= quantity.last for other in self.quantities)

    def _is_long_since(self, when: Mention) -> bool:
        """Whether `منذ` stands before the date, which what was has, and not `ابتداء من`."""
        return any(self.doc.has(index, "منذ") for index in (when.first - 1, when.first))

    def _reaches_back(self, when: Mention, quantity: Mention) -> bool:
        """Whether a date of the same part that stands behind is the quantity's: no far deadline, none of what the
        quantity is set against, none of the level that it rose to, no relative clause about another."""
        if when.when_relation == "by" and when.first - quantity.last > 2 * _NEAR:
            return False
        between = [other for other in self.quantities if quantity.first < other.first < when.first]
        if not between:
            return True
        other_end = {"from": "to", "to": "from"}.get(quantity.change or "")
        if other_end and any(other.change == other_end for other in between):
            return False
        return not (
            "relative" in self._roles(between[-1].last, when.first)
            or "comparison" in self._roles(quantity.last, when.first)
        )

    def _quantity_between(self, quantity: Mention, when: Mention) -> bool:
        return any(quantity.first < other.first < when.first for other in self.quantities)

    def _parted(self, quantity: Mention) -> bool:
        """Whether the sentence has both ends of the change."""
        return {"from", "to"} <= {other.change for other in self.quantities}

    def _set(self, quantity: Mention, when: Mention, rule: str) -> None:
        start, end, relation = when.when_start, when.when_end, when.when_relation
        if rule == PERIOD:
            day: date | None = start if quantity.change == "from" else end
            start, end, relation = day, day, "as_of"
        elif relation == "since" and quantity.change == "from" and when.last <= quantity.first:
            # `منذ 2009، انتقل من 345 مليارا إلى …`: then it was so.
            end, relation = start, "as_of"
        elif relation in ("during", "on") and (hit := self._since(when)) is not None:
            end, relation = None, "since"
            quantity.rules.append(hit.entry.id)
        quantity.when_start, quantity.when_end, quantity.when_relation = start, end, relation
        quantity.rules.append(rule)

    def _since(self, when: Mention) -> Hit | None:
        """`منذ` before the event that the date dates."""
        for hit in reversed(self.hits):
            if hit.entry.values["role"] == "since" and when.first - 2 * _NEAR <= hit.start < when.first:
                others = (*self.commas, *(other.first for other in (*self.quantities, *self.dates)))
                until = any(self.doc.form(place) in _UNTIL for place in range(hit.end, when.first))
                return None if until or any(hit.end <= place < when.first for place in others) else hit
        return None
