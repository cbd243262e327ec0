"""Rates: what a quantity is per (`500 درهم شهريا`, `لكل أسرة`, `الملفات المودعة يوميا … 102.000 ملف`).

The first rate behind the amount counts; without one, a rate said before it in its clause; prices of the same thing
that follow share it. في السنة الماضية and في الأسبوع الأول are dates and no rates, النشرة اليومية is a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from rules.document import Document, Hit
from rules.mentions import Mention

_AGAINST = frozenset(
    {"مقابل", "بعدما", "عوض", "بدل", "الي", "بعد", "كان", "كانت", "قد", "تجاوز", "بلغ", "ان"}
)
_BECOMES = frozenset({"اصبح", "صار", "يصبح", "سيصبح", "ستصبح", "تصبح", "اصبحت"})
_REACH = 24
"""Tokens between a rate and the number that it is said of."""
_FAR = 7
"""Tokens between a quantity and the adverb of its rate."""
_STOPS = frozenset(
    {"الذي", "التي", "الذين", "اللذين", "ان", "ما", "الي", "كما", "حيث", "بعد", "قبل", "منذ", "عند"}
)
_SAME = frozenset({"نفسها", "نفسه", "ذاتها", "ذاته", "نفس", "هذه", "هذا"})
_ALL = frozenset({"منهم", "منها", "منهما", "فيهم", "فيهما"})
_PLAIN = frozenset({"الي", "الا", "الان", "التي", "الذي", "الواحد", "الواحده"})
"""Words in ال that date no period behind a rate."""
_RELATIVE = frozenset({"التي", "الذي", "الذين", "اللواتي"})
_PARTS = frozenset({"،", "؛", ")"})
_NO_SEQUEL = frozenset({"فيما", "في", "فضلا", "فوق"})
"""Words in ف that begin something new behind a comma, unlike فقد and فإن."""


def _dates(doc: Document, hit: Hit) -> bool:
    """`في السنة الماضية`, `في العام 2020`, `في الأسبوع الرابع`: a period of time and no rate."""
    if not doc.has(hit.start, "في", "خلال") or hit.end >= len(doc):
        return False
    word = doc.words[hit.end]
    return word.is_number or word.form in _SAME or (word.form.startswith("ال") and word.form not in _PLAIN)


def _rate_at(doc: Document, place: int) -> Hit | None:
    """The rate that begins at token `place`."""
    hit = doc.hit_at(place, "rate")
    if hit is None or _dates(doc, hit) or doc.form(hit.end) in _ALL or doc.form(place - 1) == "اساس":
        return None
    return None if _days(doc, hit) else hit


def _days(doc: Document, hit: Hit) -> bool:
    """`يومي 25 و26 يونيو`, `شهري ماي ويونيو`, `يومي السبت والأحد`: two days or months, no rate."""
    if doc.form(hit.start) not in ("يومي", "شهري") or hit.end >= len(doc):
        return False
    word = doc.words[hit.end]
    return word.is_number or word.form.startswith("ال") or doc.hit_at(hit.end, "month") is not None


def _each(doc: Document, mention: Mention, place: int) -> tuple[str, str] | None:
    """`لكل تلميذ`, `للكيلوغرام`: one of a counted noun; `لكل أفراد الأسرة` is all of them."""
    each = doc.hit_at(place, "rate_each")
    if each is not None:
        noun = doc.hit_at(each.end, "unit")
        if noun is not None and doc.form(noun.end) not in _ALL and not doc.form(noun.end).startswith("ال"):
            return str(noun.entry.values["slug"]), each.entry.id
    if mention.kind == "money" and place == mention.last and doc.form(place).startswith("لل"):
        noun = doc.hit_at(place, "unit")
        if noun is not None and (
            noun.entry.values["kind"] == "measure" or doc.has(noun.end, "الواحد", "الواحده")
        ):
            return str(noun.entry.values["slug"]), "rate.unit_price"
    return None


def _behind(doc: Document, mention: Mention) -> tuple[str, str] | None:
    """The rate behind the quantity, one word between allowed: the slug and the id of what says so."""
    for place in range(mention.last, min(mention.last + 2, len(doc))):
        hit = _rate_at(doc, place)
        if hit is not None:
            return hit.entry.name, hit.entry.id
        each = _each(doc, mention, place)
        if each is not None:
            return each
        if not doc.words[place].is_word or doc.words[place].conjunction:
            return None
    return _far(doc, mention)


def _far(doc: Document, mention: Mention) -> tuple[str, str] | None:
    """`1300 مراقبة في مناطق الاستيراد سنويا`: an adverb that closes the phrase of the quantity."""
    for place in range(mention.last, min(mention.last + _FAR, len(doc))):
        word = doc.words[place]
        if not word.is_word or word.conjunction or word.numeral is not None:
            return None
        if word.form in _STOPS or (word.form == "من" and place > mention.last + 1):
            return None
        hit = _rate_at(doc, place)
        if hit is not None and (word.form.endswith("يا") or hit.end - hit.start > 1):
            return hit.entry.name, hit.entry.id
    return None


def _named(doc: Document, hit: Hit) -> bool:
    """`النشرة اليومية`, `على أساس سنوي`: the adjective belongs to a name, or to a comparison."""
    if doc.form(hit.start - 1) == "اساس":
        return True  # على أساس سنوي: against the year before
    return any(name.end == hit.end for name in doc.hits_in(max(0, hit.start - 3), hit.end, "rate_not"))


def _ahead(doc: Document, mention: Mention, floor: int) -> Hit | None:
    """A rate said before the number in its clause, after token `floor`; a topic's comma (أما …، فقد) parts nothing."""
    first, _ = doc.sentence(mention.first)
    low = max(first, floor, mention.first - _REACH)
    for hit in reversed(doc.hits_in(low, mention.first, "rate_before")):
        if not _named(doc, hit) and not _parted(doc, hit, mention):
            return hit
    for hit in reversed(doc.hits_in(max(low, mention.first - 4), mention.first, "rate")):
        if doc.form(hit.end) in ("من", "الي", "ب", "بلغ", "بلغت") and not _dates(doc, hit):
            return hit
    return None


def _parted(doc: Document, hit: Hit, mention: Mention) -> bool:
    """Whether a comma, a number or a relative clause of its own stands between a rate and the number."""
    if hit.end < mention.first and _days(doc, hit):
        return True
    for place in range(hit.end, mention.first):
        form = doc.form(place)
        follows = doc.form(place + 1)
        if form in _PARTS and (follows[:1] != "ف" or follows in _NO_SEQUEL):
            return True
        # البرامج اليومية للمراقبة التي تقوم بها 25 لجنة; التعويض الشهري الذي يتقاضاه … البالغ 15 ألف درهم.
        if form in _RELATIVE and mention.kind != "money" and not _levelled(doc, place, mention):
            return True
    return False


def _levelled(doc: Document, place: int, mention: Mention) -> bool:
    """Whether a verb of level or bound stands between a relative pronoun and the number."""
    return bool(doc.hits_in(place, mention.first, "qualifier_verb"))


def _continues(doc: Document, earlier: Mention, mention: Mention) -> bool:
    """A price of the same thing: paired with the earlier one, set against it, or listed after it."""
    if mention.kind != earlier.kind or mention.unit != earlier.unit:
        return False
    if mention.kind == "percent" and (earlier.change, mention.change) != ("from", "to"):
        return False
    if earlier.first < doc.sentence(mention.first)[0]:
        return False
    if earlier.per is not None and _restated(doc, earlier):
        return False
    if doc.form(mention.first - 1) in ("من", "ومن") and mention.change is not None:
        return True
    near = range(max(earlier.last, mention.first - 4), mention.first)
    if any(doc.has(place, *_AGAINST, *_BECOMES) for place in near):
        return True
    return mention.kind == "money" and (
        doc.words[mention.first].conjunction or doc.form(mention.first - 1) == "و"
    )


def _restated(doc: Document, earlier: Mention) -> bool:
    """`500 درهم، أي 16 درهما يوميا، …`: the rate is only that of the same told in other words."""
    return any(doc.form(place) == "اي" for place in range(max(0, earlier.first - 3), earlier.first))


def _takes_ahead(mention: Mention) -> bool:
    """Whether a rate said before may be of this quantity: shares, times and durations have none."""
    if "quantity.definite_noun" in mention.rules:  # الإعانة الشهرية عن كل طفل من الأطفال الثلاثة
        return False
    return mention.kind not in ("percent", "duration") and mention.unit not in ("time", "fold")


def set_rates(doc: Document, mentions: Sequence[Mention]) -> None:
    """Set `per` on quantities."""
    floor = 0
    earlier: dict[str, Mention] = {}
    for mention in mentions:
        if mention.is_date:
            continue
        end = mention.last
        if mention.kind != "age":
            behind = _behind(doc, mention)
            ahead = None if behind is not None or not _takes_ahead(mention) else _ahead(doc, mention, floor)
            if behind is not None and behind[0] != mention.unit:
                mention.per = behind[0]
                mention.rules.append(behind[1])
                end += 3  # what this quantity took is not said of the next
            elif ahead is not None:
                mention.per = ahead.entry.name
                mention.rules.append(ahead.entry.id)
        before = earlier.get(mention.kind)
        if before is not None and _continues(doc, before, mention):
            ends = before.change == "from" and mention.change == "to"
            if before.change == "from" and mention.per is not None and (before.per is None or ends):
                before.per = mention.per
            elif mention.per is None:
                mention.per = before.per
        earlier[mention.kind] = mention
        if mention.kind != "age" and "quantity.definite_noun" not in mention.rules:
            floor = end
