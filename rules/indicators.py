"""Indicators: which named series a number belongs to, by the programme and the measure that the text ties it to.

The programme of a number is looked for from near to far:

1. the one that a pronoun before all names of the sentence means (`تستفيد منه الأسر المسجلة في …`), then the one that
   the number is counted out of (`4 ملايين أسرة من الدعم المباشر`), with nothing but a few words between;
2. the last one named before it in the sentence, or meant by a word like `هذا الدعم`; an institution that only keeps
   the files gives way to the one before;
3. one named later in the sentence, when none stands before, or only across a contrast;
4. what the number before it or the sentence before was about, when the sentence points back to it (`هذا النظام`) or
   says a word of its measure: any in the same paragraph, across a line break only a telling one;
5. the title's, or where it names none the first sentence's, when the sentence says the measure itself.

A part of a whole and a number that only dates part from the one before take that one's series, or its want of one.
Topics are read in `rules/topics.py`, what ties a number to them in `rules/ties.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rules.catalogue import Indicator, catalogue
from rules.document import Document
from rules.mentions import Mention
from rules.ties import PEOPLE, TOTAL, Clause
from rules.topics import Sentence, Topic, Topics

__all__ = ["Indicator", "assign_indicators", "catalogue"]

_TENTATIVE = frozenset({"indicator.after", "indicator.narrower"})
"""Rules whose programme is passed over when it has no indicator for the number."""
_FROM_AFAR = frozenset(
    {"indicator.continued", "indicator.carried", "indicator.title", "indicator.alias", "indicator.pronoun"}
)
"""Rules whose programme the sentence need not name."""
_AMOUNTS = ("amount", "grant")
"""The measures by which a sum is known that was told before: `مبلغ 500 درهم لا يكفي`."""
_BACK = 3
"""How many sentences of a paragraph a topic lasts without being named again."""

_BY_PROGRAMME: dict[str, list[Indicator]] = {}
for _made in catalogue():
    for _name in _made.programmes:
        _BY_PROGRAMME.setdefault(_name, []).append(_made)
_KINDS = frozenset(made.kind for made in catalogue())


def assign_indicators(doc: Document, mentions: Sequence[Mention], title: str) -> None:
    """Set `indicator` of every quantity among `mentions` (in text order) that belongs to a series.

    Reads kind, value, unit, per and change of the mentions, and the title only for what the body leaves open.
    """
    topics = Topics(doc, mentions, title)
    if doc.group("programme") or topics.headline():
        _Reader(doc, topics).read()


class _Reader:
    """One pass over the sentences of a document that hold numbers."""

    def __init__(self, doc: Document, topics: Topics) -> None:
        self.doc = doc
        self.topics = topics
        self.assigned: dict[int, tuple[str, Mention]] = {}
        """Sentence → programme of its last number that has an indicator, and that number."""
        self.told: dict[tuple[str, str | None, float | None], tuple[str, str]] = {}
        """Kind, unit and value → series and programme of the number that had them last."""

    def read(self) -> None:
        """Set the indicators."""
        for number, numbers in self.topics.by_sentence.items():
            if not any(mention.kind in _KINDS for mention in numbers):
                continue
            sentence = self.topics.sentence(number)
            for place, mention in enumerate(numbers):
                if mention.kind in _KINDS:
                    self.decide(sentence, Clause(self.doc, self.topics, sentence, place))
            for mention, then in pairwise(numbers):
                # `من 8 ملايين إلى 11 مليون مستفيد من …`: the programme stands behind the second.
                if mention.change == "from" and then.change == "to" and mention.unit == then.unit:
                    mention.indicator = then.indicator or mention.indicator

    def decide(self, sentence: Sentence, clause: Clause) -> None:
        """Set the indicator of one number."""
        mention, before = clause.mention, clause.before
        part = clause.part()
        of_none = part and before is not None and before.indicator is None and clause.of_the_same()
        if clause.of_a_thing() or clause.set_against_others() or (of_none and not clause.runs_on()):
            return
        name, told = self.assigned.get(sentence.number - 1, ("", None))
        if told and told.indicator and told.kind == mention.kind and clause.part_of_the_last():
            self.set(sentence, mention, told.indicator, name, "indicator.part")
            return
        scheme = clause.scheme() if mention.kind == "count" else None
        for found, rule in self.candidates(sentence, clause):
            insured = scheme and found.startswith("amo") and rule in ("indicator.before", *_FROM_AFAR)
            name = scheme if scheme and insured else found
            if mention.kind == "money" and found.startswith("amo") and sentence.scheme not in (None, found):
                continue  # `37 في المائة من اشتراكات المهنيين`: what others pay is not their scheme's
            made = next((i for i in _BY_PROGRAMME.get(name, ()) if clause.fits(i, rule)), None)
            total = made is not None and made.most > TOTAL
            if made is not None and not clause.barred(name, rule not in _FROM_AFAR, total):
                self.set(sentence, mention, made.slug, name, rule)
                return
        if (
            before
            and before.indicator
            and (clause.chained() or (part and _counts_within(before, mention, clause.bare())))
        ):
            name = self.assigned[sentence.number][0]
            if not clause.barred(name, named=True):
                self.set(
                    sentence, mention, before.indicator, name, "indicator.part" if part else "indicator.chain"
                )
                return
        self.repeat(sentence, clause)

    def repeat(self, sentence: Sentence, clause: Clause) -> None:
        """Give a number that the text has told before the series that it had."""
        mention = clause.mention
        slug, name = self.told.get((mention.kind, mention.unit, mention.value), ("", ""))
        named = any(not topic.institution for topic in sentence.topics)
        if slug and not named and not clause.barred(name, named=False) and clause.said(_AMOUNTS, whole=False):
            self.set(sentence, mention, slug, name, "indicator.repeated")

    def set(self, sentence: Sentence, mention: Mention, slug: str, name: str, rule: str) -> None:
        """Give a number its series, and its sentence the programme."""
        mention.indicator = slug
        mention.rules.append(rule)
        self.told[mention.kind, mention.unit, mention.value] = (slug, name)
        self.assigned[sentence.number] = (name, mention)

    def candidates(self, sentence: Sentence, clause: Clause) -> Iterator[tuple[str, str]]:
        """Programmes that the number may belong to, the nearest first, each with the rule that found it."""
        meant = list(clause.meant())
        for name, rule, _ in meant:
            if rule == "indicator.pronoun":
                yield name, rule
        for topic, rule in clause.near():
            for name, alias, place in meant:
                if place > topic.start and rule == "indicator.before":
                    yield name, alias
            name = sentence.programme(topic)
            yield name, rule
            if not topic.institution and rule not in _TENTATIVE:
                if any(clause.can_be(made) for made in _BY_PROGRAMME.get(name, ())):
                    return
                # `الدعم سيشمل غير المستفيدين من التعويضات العائلية، وسيكلف 25 مليارا`: no such figure is told of these.
                yield from self.earlier(sentence, clause, topic)
                return
        for name, rule, _ in meant:
            yield name, rule
        # `وعالج الصندوق 9 ملايين ملف`: the fund that runs the schemes tells of all its work.
        of_fund = any(name == "cnss" for name, _, _ in meant) and (
            clause.mention.kind == "money" or clause.mention.unit == "file"
        )
        for name, rule in self.carried(sentence.number):
            if not (of_fund and name.startswith("amo")):
                yield name, rule
        own = sentence.number == 0 and not self.topics.titled()
        if (
            not own
            and sentence.number not in self.assigned
            and all(topic.institution or topic.start >= clause.end for topic in sentence.topics)
        ):
            for name in self.topics.headline():
                yield name, "indicator.title"

    def earlier(self, sentence: Sentence, clause: Clause, topic: Topic) -> Iterator[tuple[str, str]]:
        """What a sentence named or meant before a programme that has no series of the number's kind and size."""
        if topic.name not in _BY_PROGRAMME or topic.start > clause.mention.first:
            return
        for name, rule, place in clause.meant():
            if place < topic.start:
                yield name, rule
        for other in reversed(sentence.topics):
            if other.start < topic.start and not other.institution:
                yield sentence.programme(other), "indicator.before"

    def carried(self, number: int) -> Iterator[tuple[str, str]]:
        """What sentence `number`, so far, and the sentences before it were about, with the rule."""
        if number in self.assigned:
            yield self.assigned[number][0], "indicator.continued"
        for back in range(_BACK):
            same = self.topics.same_paragraph(number)
            number -= 1
            if number < 0 or (back and not same):
                return
            before = self.topics.sentence(number)
            strong = [topic for topic in before.topics if not topic.institution] or before.topics
            name, told = self.assigned.get(number, ("", None))
            if strong and (told is None or strong[-1].start >= told.last):
                yield before.programme(strong[-1]), "indicator.carried"
            if name:
                yield name, "indicator.continued" if same else "indicator.carried"
            if name or strong:
                return


def _counts_within(whole: Mention, part: Mention, bare: bool) -> bool:
    """Whether the units allow `part` to be a part of `whole`: people of people, families of families.

    `bare`: the noun of `part` is understood.
    """
    if part.unit is None or part.unit == whole.unit:
        return bare or part.unit is not None
    return whole.kind == "count" and whole.unit != "household" and part.unit in PEOPLE
