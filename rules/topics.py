"""Topics: which programmes a text names and where, and which of them a word like `هذا الدعم` means.

A general name of health insurance is that of one scheme where the sentence says whose insurance it is, and a list of
schemes is the whole. Language in `lexicon/programmes.toml`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules.document import Document, Hit
from rules.mentions import Mention

_GENERAL = "amo"
_PENSION = "pension"
_MEMORY = 12
"""How many sentences back a word like `هذا الدعم` finds what it means."""
_NAMES_TRIED = 6
"""How many names of a sentence it looks at."""
_APPROXIMATED = 2
"""Words of approximation that may stand between a verb and the number behind it."""
_NAMES_APART = 3
"""Marks that may stand between the names of a list."""


class Topic(NamedTuple):
    """A programme named at tokens `[start, end)`."""

    start: int
    end: int
    name: str
    institution: bool = False
    """Who keeps the files rather than what is counted: gives way to any other."""
    listed: bool = False
    """A list of schemes, which stands for the whole."""
    governed: bool = False
    """A preposition is written on the name."""
    fund: bool = True
    """Not a mere word for what funds pay: pensions, retirees."""

    @property
    def general(self) -> bool:
        """Whether it is health insurance without a word of which scheme."""
        return self.name == _GENERAL and not self.listed

    @property
    def insurance(self) -> bool:
        """Whether it is health insurance or one of its schemes."""
        return self.name.startswith(_GENERAL)


class Sentence:
    """The numbers of one sentence and the programmes that it names."""

    __slots__ = ("end", "number", "numbers", "scheme", "start", "starts", "topics")

    def __init__(self, doc: Document, number: int, numbers: Sequence[Mention]) -> None:
        self.number = number
        self.start, self.end = doc.sentences[number]
        self.numbers = numbers
        self.topics = _topics(doc, self._named(doc))
        self.starts = [topic.start for topic in self.topics]
        schemes = {_name(hit) for hit in doc.hits_in(self.start, self.end, "scheme") if not self._names(hit)}
        self.scheme = schemes.pop() if len(schemes) == 1 else None
        """Whose health insurance the sentence speaks of, where it is one scheme's."""

    def _names(self, scheme: Hit) -> bool:
        """Whether it is part of a scheme's own name."""
        return any(topic.start <= scheme.start < topic.end for topic in self.topics if not topic.general)

    def _named(self, doc: Document) -> list[Hit]:
        """The programmes named, but for those whose name the emergency of 2020 borrows."""
        hits = doc.hits_in(self.start, self.end, "programme")
        if not hits:
            return hits
        # `4 ملايين محفظة` counts satchels.
        hits = [hit for hit in hits if not self._counted(doc, hit) and self._counts(doc, hit)]
        other = {
            name
            for bar in doc.hits_in(self.start, self.end, "bar")
            if bar.entry.values.get("names_another")
            for name in bar.entry.values["programmes"]
        }
        return [hit for hit in hits if _name(hit) not in other] if other else hits

    def _counted(self, doc: Document, hit: Hit) -> bool:
        """Whether the name begins with the numeral of a number."""
        counts = doc.words[hit.start].numeral is not None
        return counts and any(number.first < hit.start < number.last for number in self.numbers)

    def _counts(self, doc: Document, hit: Hit) -> bool:
        """Whether what the verb must have behind it is counted there: `صرحت 300 ألف مقاولة لدى الصندوق بأجرائها`."""
        units = hit.entry.values.get("counts")
        if units is None:
            return True
        behind = next((number for number in self.numbers if number.first >= hit.end), None)
        if behind is None or behind.first - hit.end > _APPROXIMATED or behind.unit not in units:
            return False
        if doc.form(behind.last).startswith(("ان", "بان")):
            return False  # صرحت 300 مقاولة بأنها …: they said so
        named = any(other.entry.name == "cnss" for other in doc.hits_in(self.start, self.end, "programme"))
        return named or any(
            other.entry.name == "fund" for other in doc.hits_in(self.start, self.end, "alias")
        )

    def programme(self, topic: Topic) -> str:
        """The programme of a topic: the general name of health insurance narrowed to whose it is."""
        return self.scheme if topic.general and self.scheme else topic.name

    def last(self, before: int, names: Sequence[str], fund: bool = False) -> str | None:
        """The programme named last before token `before`: one of `names`, where they are empty any but an institution.

        `fund`: it must be named as one.
        """
        place = bisect_left(self.starts, before)
        for topic in reversed(self.topics[max(0, place - _NAMES_TRIED) : place]):
            if fund and not topic.fund:
                continue
            if self.programme(topic) in names or not (names or topic.institution):
                return self.programme(topic)
        return None


def _name(hit: Hit) -> str:
    return str(hit.entry.values.get("of", hit.entry.name))


def _topics(doc: Document, hits: Sequence[Hit]) -> list[Topic]:
    """The programmes of a sentence; names of schemes that follow one another are read as one."""
    found: list[Topic] = []
    names: set[str] = set()
    for hit in hits:
        values = hit.entry.values
        if values.get("silent"):
            continue
        fund = _name(hit) != _PENSION or hit.end - hit.start > 1
        topic = Topic(
            hit.start, hit.end, _name(hit), bool(values.get("institution")), governed=not hit.bare, fund=fund
        )
        if found and found[-1].insurance and topic.insurance and _adjacent(doc, found[-1].end, hit.start):
            names.add(topic.name)
            schemes = names - {_GENERAL}
            listed = len(schemes) > 1
            name = _GENERAL if listed else next(iter(schemes), _GENERAL)
            found[-1] = Topic(found[-1].start, hit.end, name, listed=listed)
        else:
            names = {topic.name}
            found.append(topic)
    return found


def _adjacent(doc: Document, start: int, end: int) -> bool:
    return end - start <= _NAMES_APART and not any(doc.words[index].is_word for index in range(start, end))


class Topics:
    """The topics of a document, read sentence by sentence as they are asked for."""

    def __init__(self, doc: Document, mentions: Sequence[Mention], title: str) -> None:
        self.doc = doc
        self.title = title
        self.by_sentence: dict[int, list[Mention]] = {}
        """Sentence → its quantities."""
        self._made: dict[int, Sentence] = {}
        self._headline: list[str] | None = None
        self._titled = False
        self._meant: dict[int, str | None] = {}
        for mention in mentions:
            if not mention.is_date:
                self.by_sentence.setdefault(doc.sentence_number(mention.first), []).append(mention)

    def sentence(self, number: int) -> Sentence:
        """The sentence, read once."""
        if number not in self._made:
            self._made[number] = made = self._read(number)
            # `من هذه الفئة`: whom the sentence before named.
            if not made.scheme and self._same_people(made):
                before = (
                    self._made.get(back) or self._read(back) for back in (number - 1, number - 2) if back >= 0
                )
                made.scheme = next((sentence.scheme for sentence in before if sentence.scheme), None)
        return self._made[number]

    def _read(self, number: int) -> Sentence:
        return Sentence(self.doc, number, self.by_sentence.get(number, ()))

    def _same_people(self, sentence: Sentence) -> bool:
        aliases = self.doc.hits_in(sentence.start, sentence.end, "alias")
        return any(hit.entry.values.get("people") for hit in aliases)

    def meant_by(self, alias: Hit) -> str | None:
        """The programme that a word like `هذا الدعم` stands for: of those it can stand for the one named last."""
        if alias.start not in self._meant:
            self._meant[alias.start] = self._look_back(alias)
        return self._meant[alias.start]

    def _look_back(self, alias: Hit) -> str | None:
        names = alias.entry.values["programmes"]
        number = self.doc.sentence_number(alias.start)
        for back in range(number, max(-1, number - _MEMORY), -1):
            sentence = self.sentence(back)
            found = sentence.last(alias.start, names, fund=bool(alias.entry.values.get("runs")))
            if found:
                return found
            other = sentence.last(alias.start, ()) if alias.entry.values.get("nearest") else None
            if other and (other not in alias.entry.values.get("runs", ()) or self._governed(alias)):
                return None
        return next((name for name in self.headline() if name in names), None)

    def _governed(self, alias: Hit) -> bool:
        """Whether a preposition stands before the word: `حولت إلى الصندوق`."""
        return (
            not self.doc.words[alias.start].form.startswith("ال")
            or "function" in self.doc.words[alias.start - 1].classes
        )

    def same_paragraph(self, number: int) -> bool:
        """Whether no line break stands before sentence `number`."""
        first = self.doc.sentences[number][0]
        return first > 0 and self.doc.words[first - 1].form != "\n"

    def answers(self, number: int) -> bool:
        """Whether the sentence answers a question that stands before it."""
        first = self.doc.sentences[number][0]
        return number > 0 and self.doc.words[first - 1].form in ("؟", "?")

    def headline(self) -> list[str]:
        """The programmes of the title, else of the sentence that opens the article."""
        if self._headline is None:
            self._headline = list(self._read_headline())
        return self._headline

    def titled(self) -> bool:
        """Whether the title names a programme."""
        self.headline()
        return self._titled

    def _read_headline(self) -> Iterator[str]:
        title = Document(self.title) if self.title else None
        lines = [Sentence(title, number, ()) for number in range(len(title.sentences))] if title else []
        self._titled = any(line.topics for line in lines)
        if not self._titled and self.doc.sentences:
            lines = [self.sentence(0)]
        for line in lines:
            for topic in line.topics:
                yield line.programme(topic)
