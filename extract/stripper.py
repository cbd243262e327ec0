"""The generic stripper: the body of any news page, by how text is spread over the page.

Blocks of prose give their score to the elements around them, less with each level; furniture (links,
headlines, buttons) takes away. The element with the greatest value holds the body. Inside it blocks are
judged one by one; a lead that stands between the heading and the body is added.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

from extract.blocks import ARTICLE, H1, LI, Block, Element, P, Reading
from extract.characters import key
from extract.dates import find_date
from extract.explain import Trace
from extract.names import STRONG, WEAK
from extract.phrases import MAX_PHRASE_WORDS, Furniture, furniture_of

_LEVEL_DECAY = 0.9
_MAX_LINK_SHARE = 0.6
_HEADLINE_WORDS = 14
_WEAK_SCORE = 0.2  # a block that is no more than this is no sentence
_ENDINGS = frozenset(".!?؟۔।。…:")
_CLOSERS = frozenset("\"'”“»«)]’")
_CLOSERS_AND_SPACE = "".join(_CLOSERS) + " \u200f\u200e\xa0"
_SIGNATURE = re.compile(r"[-–—*/\s]*\(.{1,40}\)[\s.]*|[-–—]{1,2}\s?\(?[^.]{1,40}")
_CARD_WORDS = 45
_CARD_SHARE = 0.6
_NEARLY_ALL = 0.95
_CLIMB_LEVELS = 6
_LEAD_REACH = 30  # blocks between the heading and the body among which a lead is looked for
_BULLETS = frozenset("-–—•*")
_MAX_LEADS = 3
_TITLE_SLACK = 30  # characters (punctuation, diacritics) by which a title may be longer than its key
_MUCH = 0.35  # share of a page's prose from which on it cannot be all furniture
_FAR_MORE = 2.5  # how much more prose must come of doubting the names of a page
_PROSE_EACH = 3.0  # mean score of the paragraphs of an article, greater than that of excerpts
_ARTICLE_MASS = 10.0  # prose of about 90 words
_ARTICLE_WORDS = 40  # words under a heading, before the comments, that are an article
_COMMENTS = re.compile(r"تعليق|(?i:comment|kommentar)")
_BEFORE_TITLE = 0.25  # share of a body's prose that may stand before its title and be something else


@dataclass(frozen=True, slots=True)
class Stripped:
    """What the stripper found."""

    paragraphs: list[str]
    score: float
    """Sum of the prose scores of the paragraphs."""
    share: float
    """Part of the page's prose that is in the body; low on listings."""
    start: int = 0
    end: int = 0
    """The half-open range of blocks that it reaches over."""
    hidden: float = 0.0
    """What the hidden paragraphs in it, or on a page that shows none, would score."""


def score_blocks(blocks: Sequence[Block], elements: Sequence[Element], *, show_hidden: bool = False) -> float:
    """Score each block for being prose, up to 7 for a long paragraph, negative for furniture.

    Gives each of `elements` (parents before children) the mass of prose below it and returns the mass of the page.
    Hidden prose has no score unless `show_hidden`.
    """
    total = 0.0
    for block in blocks:
        words, text, element = block.words, block.raw, block.element
        size = len(text)
        if block.link_chars > _MAX_LINK_SHARE * size:
            block.score = -1.5 if element.listed else -1.0
        elif element.heading:
            block.score = -0.2
        else:
            last = text[-1:]
            ends = (last if last not in _CLOSERS else text.rstrip(_CLOSERS_AND_SPACE)[-1:]) in _ENDINGS
            if words < _HEADLINE_WORDS and not ends:
                block.score = -0.4 if words < 8 else _WEAK_SCORE
            elif words < 5:
                block.score = 0.1 if size else 0.0
            elif show_hidden or not element.hidden:
                block.score = score = (words if words < 60 else 60) / 10 + (1.0 if ends else 0.0)
                total += score
                element.mass += score
            else:
                block.score = 0.0
    for element in reversed(elements):
        if element.mass and element.parent is not None:
            element.parent.mass += element.mass
    return total


def _discount_cards(blocks: Sequence[Block]) -> None:
    """Take the score from excerpts of other articles: short prose, each with a linked headline right beside it.

    One such paragraph may be an article's own; two or more that look alike are a list.
    """
    alike: dict[tuple[int, str, int, str], list[tuple[Block, bool]]] = {}
    last = len(blocks) - 1
    for index, block in enumerate(blocks):
        if block.score > _WEAK_SCORE and block.words <= _CARD_WORDS:
            linked = (index > 0 and _is_headline(blocks[index - 1])) or (
                index < last and _is_headline(blocks[index + 1])
            )
            alike.setdefault(_look(block.element), []).append((block, linked))
    for group in alike.values():
        linked_ones = sum(linked for _, linked in group)
        if linked_ones < 2 or linked_ones < _CARD_SHARE * len(group):
            continue
        if len({id(block.element.parent) for block, _ in group}) < len(group):
            continue  # they share a parent, as paragraphs do
        for block, _ in group:
            element: Element | None = block.element
            while element is not None:
                element.mass -= block.score
                element = element.parent
            block.score = -0.3


def _is_headline(block: Block) -> bool:
    return block.score <= -1.0 and block.words >= 3


def _find_container(
    blocks: Sequence[Block], elements: Sequence[Element], total: float, *, furniture: bool = True
) -> Element | None:
    """Choose the element that holds the body; None where the page has no prose, or its furniture outweighs it.

    `furniture` is left out of account where it stands inside a short body and would hide it.
    """
    if not furniture:
        for element in elements:
            element.value = 0.0
    for block in blocks:
        score, element = block.score, block.element
        if score < 0 and not furniture:
            continue
        if score <= _WEAK_SCORE and (not score or not _near_prose(element)):
            continue
        if score > 0 and element.bad(total):
            continue
        if (element.tag in (P, LI) or element.heading) and element.parent is not None:
            element = element.parent
        element.value += score
    best: Element | None = None
    greatest = 0.0
    for element in reversed(elements):
        value = element.value
        if value and element.parent is not None:
            element.parent.value += _LEVEL_DECAY * value
        if value > greatest:
            best, greatest = element, value
    return best


def _near_prose(element: Element) -> bool:
    """Tell whether prose stands in the element or up to three levels above it; only there does furniture matter."""
    current: Element | None = element
    for _ in range(4):
        if current is None:
            return False
        if current.mass:
            return True
        current = current.parent
    return False


def _look(element: Element) -> tuple[int, str, int, str]:
    """Describe how an element is marked up; paragraphs of one text look alike."""
    parent = element.parent
    return (element.tag, element.name, parent.tag if parent else 0, parent.name if parent else "")


def _article_of(blocks: Sequence[Block], container: Element, total: float, title_key: str) -> Element | None:
    """Return the `article` that holds the title, where the container is around it or comes after it.

    What is around it holds other articles too, what comes after it may be longer: comments, a notice.
    """
    title_words = title_key.count(" ") + 1
    for block in blocks:
        if block.element.heading == H1 and title_key and _is_title(block, title_key, title_words, begun=True):
            element: Element | None = block.element
            while element is not None and element is not container:
                if element.tag == ARTICLE and element.mass >= min(_MUCH * total, _ARTICLE_MASS):
                    around = _inside(element, container)
                    if around and element.mass < _MUCH * total:
                        return None
                    return None if _inside(container, element) else element
                element = element.parent
    return None


def _climb(blocks: Sequence[Block], container: Element, total: float) -> Element:
    """Move up where the text goes on in a sibling of the container, in blocks that look like those inside."""
    if container.mass >= _NEARLY_ALL * total:
        return container
    looks: set[tuple[int, str, int, str]] = set()
    outside: list[Block] = []
    for block in blocks:
        if block.score < 1.0 or block.element.bad(total):
            continue
        if _inside(block.element, container):
            looks.add(_look(block.element))
        else:
            outside.append(block)
    more = [block for block in outside if _look(block.element) in looks]
    if not more:
        return container
    gained = sum(block.score for block in more)
    inner = container.mass
    upper: Element | None = container
    for _ in range(_CLIMB_LEVELS):
        upper = upper.parent if upper is not None else None
        if upper is None:
            break
        if (
            upper.mass > inner
            and sum(block.score for block in more if _inside(block.element, upper)) > 0.8 * gained
        ):
            return upper
    return container


def _inside(element: Element, container: Element) -> bool:
    depth = container.depth
    current: Element | None = element
    while current is not None and current.depth > depth:
        current = current.parent
    return current is container


def strip(
    reading: Reading, title_key: str = "", trace: Trace | None = None, *, show_hidden: bool = False
) -> Stripped:
    """Find the body among the blocks of a page. `title_key` is the `characters.key` of its title, if known."""
    found = _strip(reading, title_key, trace, show_hidden=show_hidden)
    if not show_hidden and found.hidden > found.score:
        # Streamed pages, and those that ask to read on, hide text until a script shows it.
        reading.forget()
        if trace is not None:
            trace.blocks.clear()
        return strip(reading, title_key, trace, show_hidden=True)
    if found.share >= _MUCH or not (doubted := _doubted(reading.elements)):
        return found
    # The names of a layout (`sidebar-grid`, `widget-area`) may speak against every part of a page.
    believed = [element.own for element in doubted]
    reading.forget()
    for element in doubted:
        element.own = 0
    other = _strip(reading, title_key, show_hidden=show_hidden)
    if other.score < max(_FAR_MORE * found.score, _PROSE_EACH * len(other.paragraphs)):
        for element, own in zip(doubted, believed, strict=True):
            element.own = own
        return found
    if trace is not None:
        trace.blocks.clear()
        reading.forget()
        _strip(reading, title_key, trace, show_hidden=show_hidden)
    return other


def _doubted(elements: Sequence[Element]) -> list[Element]:
    """Return the elements whose name denies them, where all of that name together hold much of the page's prose."""
    named = [
        element
        for element in elements
        if element.mass
        and element.own in (WEAK, STRONG)
        and element.name
        and not _COMMENTS.search(element.name)
    ]
    masses: dict[str, float] = {}
    for element in named:
        masses[element.name] = masses.get(element.name, 0.0) + element.mass
    return [element for element in named if masses[element.name] >= _MUCH * elements[0].mass]


def _strip(
    reading: Reading, title_key: str, trace: Trace | None = None, *, show_hidden: bool = False
) -> Stripped:
    blocks = _until_comments(_until_next_article(reading.blocks, title_key))
    total = score_blocks(blocks, reading.elements, show_hidden=show_hidden)
    _discount_cards(blocks)
    total -= sum(block.score for block in blocks if block.score > _WEAK_SCORE and block.element.never)
    container = _find_container(blocks, reading.elements, total) or _find_container(
        blocks, reading.elements, total, furniture=False
    )
    if container is None:
        return Stripped([], 0.0, 0.0, hidden=_hidden_score(blocks))
    container = _article_of(blocks, container, total, title_key) or _climb(blocks, container, total)
    start, end = _range_of(blocks, container)
    inside = blocks[start:end]
    kept = _choose(inside, total, title_key, trace, show_hidden=show_hidden)
    if not kept:
        return Stripped([], 0.0, 0.0, hidden=_hidden_score(blocks))
    first, last = kept[0], kept[-1]
    kept = _lead(blocks[:start], kept, total, title_key) + kept
    score = sum(block.score for block in kept if block.score > 0)
    share = score / total if total else 0.0
    start, end = blocks.index(first, start), blocks.index(last, start) + 1
    hidden = 0.0 if show_hidden else _hidden_score(inside)
    return Stripped([block.text for block in kept], score, share, start, end, hidden)


def _hidden_score(blocks: Sequence[Block]) -> float:
    """Return what the hidden paragraphs among the blocks would score; they have no score while they are hidden."""
    return sum(min(block.words, 60) / 10 for block in blocks if not block.score and block.element.hidden)


def _range_of(blocks: Sequence[Block], container: Element) -> tuple[int, int]:
    """Return the half-open range of the container's blocks; in document order they stand together."""
    flags = map(_inside, (block.element for block in blocks), repeat(container))
    start = next(index for index, flag in enumerate(flags) if flag)
    end = start + 1
    while end < len(blocks) and _inside(blocks[end].element, container):
        end += 1
    return start, end


def _until_next_article(blocks: Sequence[Block], title_key: str) -> Sequence[Block]:
    """Cut where a page that loads further articles begins the next: at a second main heading marked up like the title."""
    mains = [block for block in blocks if block.element.heading == H1]
    if len(mains) < 2 or not title_key:
        return blocks
    title_words = title_key.count(" ") + 1
    own = next((block for block in mains if _is_title(block, title_key, title_words, begun=True)), None)
    if own is None or not own.element.name:
        return blocks
    for block in mains[mains.index(own) + 1 :]:
        other = block.element is not own.element and block.element.name == own.element.name
        if other and key(block.text) != title_key:
            return blocks[: blocks.index(block)]
    return blocks


def _until_comments(blocks: Sequence[Block]) -> Sequence[Block]:
    """Cut at a heading over the readers' comments, which may be longer than the article and marked up like it."""
    for index, block in enumerate(blocks):
        if (
            block.element.heading
            and _COMMENTS.search(block.raw) is not None
            and furniture_of(block.text) is Furniture.ENDS
            and _words_under_title(blocks[:index]) >= _ARTICLE_WORDS
        ):
            return blocks[:index]
    return blocks


def _words_under_title(blocks: Sequence[Block]) -> int:
    """Count the words of running text after the first main heading."""
    first = next((index for index, block in enumerate(blocks) if block.element.heading == H1), len(blocks))
    return sum(
        block.words
        for block in blocks[first:]
        if block.words >= _HEADLINE_WORDS and not block.link_chars and block.element.heading != H1
    )


def clean(reading: Reading, title_key: str = "", trace: Trace | None = None) -> list[str]:
    """Return the paragraphs of a body that selectors have found: only furniture is dropped from it."""
    total = score_blocks(reading.blocks, reading.elements)
    return [block.text for block in _choose(reading.blocks, total, title_key, trace, selected=True)]


def _lead(before: Sequence[Block], kept: Sequence[Block], total: float, title_key: str) -> list[Block]:
    """Return the lead between the heading and the body: prose, or a subtitle in a heading of its own."""
    title_words = title_key.count(" ") + 1
    heading = next(
        (
            index
            for index in range(len(before) - 1, max(-1, len(before) - _LEAD_REACH), -1)
            if before[index].element.heading == H1
            or (title_key and _is_title(before[index], title_key, title_words, begun=True))
        ),
        None,
    )
    if heading is None:
        return []
    leads = []
    body = {block.text for block in kept}
    for block in before[heading + 1 :]:
        if block.words < 10 or (block.score < 1.5 and block.element.heading in (0, H1)):
            continue
        if block.element.bad(total) or block.text in body or block.link_chars > 0.3 * len(block.text):
            continue
        if block.text[0] in _BULLETS:
            continue  # highlights, not a lead
        if block.words >= MAX_PHRASE_WORDS or furniture_of(block.text) is None:
            leads.append(block)
    return leads[:_MAX_LEADS]


def _choose(
    blocks: Sequence[Block],
    total: float,
    title_key: str,
    trace: Trace | None,
    *,
    selected: bool = False,
    show_hidden: bool = False,
) -> list[Block]:
    """Judge the blocks of the body one by one. `selected` trusts blocks that a selector has found more."""
    looks: set[tuple[int, str]] = set()
    remaining = 0.0
    last = -1
    for index, block in enumerate(blocks):
        if block.score > _WEAK_SCORE and not block.element.bad(total):
            looks.add((block.element.tag, block.element.name))
            remaining += block.score
            last = index
    whole = remaining
    title_words = title_key.count(" ") + 1
    own_title = -1 if selected else _place_of_title(blocks, title_key, title_words, total, whole)
    kept: list[Block] = []
    seen: set[str] = set()
    announced = closed = begun = copied = False
    for index, block in enumerate(blocks):
        element, text, score = block.element, block.text, block.score
        if not text:
            continue
        prose = score > _WEAK_SCORE and not element.bad(total)
        if prose:
            remaining -= score
        kind = furniture_of(text) if block.words < MAX_PHRASE_WORDS else None
        reason = ""
        if element.bad(total):
            reason = "name or tag"
        elif closed:
            reason = "after the end"
        elif index < own_title:
            reason = "before the title"
        elif element.heading == H1 or (
            title_key
            and block.words <= title_words + 3
            and _is_title(block, title_key, title_words, begun=bool(kept))
        ):
            reason = "title"
        elif kind is not None:
            reason = kind.value
            announced = kind is not Furniture.CHROME and block.words <= 6
            closed = kind is Furniture.ENDS and remaining < 0.25 * whole
        elif announced and (not prose or block.words < _HEADLINE_WORDS):
            reason = "announced headline"
        elif not prose:
            place = int(index > last) if begun else -1
            reason = _why_not(block, place, (element.tag, element.name) in looks, selected)
        elif text in seen and (copied or block.words >= _HEADLINE_WORDS):
            reason = "repeated"
        if not reason and element.hidden and not show_hidden:
            reason = "hidden"
        copied = reason == "repeated" or (copied and not prose)
        if not reason:
            announced = False
            kept.append(block)
            begun = begun or prose
            if block.words > 4:
                seen.add(text)
        if trace is not None:
            trace.block(text, not reason, score, reason or "kept")
    while kept and kept[-1].element.heading:
        kept.pop()
    return kept


def _place_of_title(
    blocks: Sequence[Block], title_key: str, title_words: int, total: float, whole: float
) -> int:
    """Return where the title stands among the blocks of the body, with little before it; -1 where it does not."""
    before = 0.0
    for index, block in enumerate(blocks):
        if block.element.heading == H1 and title_key and _is_title(block, title_key, title_words, begun=True):
            return index
        if block.score > _WEAK_SCORE and not block.element.bad(total):
            before += block.score
            if before > _BEFORE_TITLE * whole:
                return -1
    return -1


def _is_title(block: Block, title_key: str, title_words: int, *, begun: bool) -> bool:
    """Tell whether a block repeats the title; a first line may be the title without the site's name (`مغرس : title`)."""
    if begun:
        # Folding costs, so lines of another length are not folded.
        near = abs(block.words - title_words) <= 3 and abs(len(block.text) - len(title_key)) <= _TITLE_SLACK
        return near and key(block.text) == title_key
    line = key(block.text) if block.words <= title_words + 3 else ""
    return line == title_key or (line.count(" ") >= 3 and line in title_key)


def _why_not(block: Block, place: int, alike: bool, selected: bool) -> str:
    """Say why a block that is no prose does not belong to the body; "" where it does: subheads, list items, signatures.

    `place` is -1 before the first prose, 1 after the last, 0 between; `alike` blocks are marked up like the prose.
    """
    if block.link_chars > _MAX_LINK_SHARE * len(block.text):
        sentence = block.words >= 8 and block.text[-1] in _ENDINGS
        return "" if (alike or selected) and sentence and not block.element.listed else "links"
    if block.element.heading:
        return "" if place == 0 or (selected and place < 0) else "heading outside the text"
    if place == 0:
        return "" if alike or selected else "looks unlike the text"
    if place > 0 and alike and _SIGNATURE.fullmatch(block.text):
        return ""
    if place < 0 and not selected and find_date(block.text) is not None:
        return "date line"
    return "" if (alike or selected) and block.score >= _WEAK_SCORE else "outside the text"
