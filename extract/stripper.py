"""The generic stripper: the body of any news page, by how text is spread over the page.

Inside the element that holds the body blocks are judged one by one; a lead that stands between the heading and the
body is added. Where that yields little beside what else the page says, what it hides and what its names deny is
looked at again.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extract.blocks import H1, Block, Element, Reading
from extract.characters import key
from extract.container import (
    ENDINGS,
    HEADLINE_WORDS,
    MAX_LINK_SHARE,
    MUCH,
    WEAK_SCORE,
    article_of,
    climb,
    discount_cards,
    find_container,
    is_title,
    range_of,
    score_blocks,
)
from extract.dates import find_date
from extract.explain import Trace
from extract.names import STRONG, WEAK
from extract.phrases import MAX_PHRASE_WORDS, Furniture, furniture_of

_SIGNATURE = re.compile(r"[-–—*/\s]*\(.{1,40}\)[\s.]*|[-–—]{1,2}\s?\(?[^.]{1,40}")
_LEAD_REACH = 30  # blocks between the heading and the body among which a lead is looked for
_BULLETS = frozenset("-–—•*")
_MAX_LEADS = 3
_FAR_MORE = 2.5  # how much more prose must come of doubting the names of a page
_SOME_PROSE = 8.0  # that of a few paragraphs, which will do where nothing else was found
_PROSE_EACH = 3.0  # mean score of the paragraphs of an article, greater than that of excerpts
_ARTICLE_WORDS = 40  # words under a heading, before the comments, that are an article
_COMMENTS = re.compile(r"تعليق|(?i:comment|kommentar)")
_NEVER_DOUBTED = re.compile(r"comment|kommentar|foot|cookie|consent|gdpr|modal|popup|login", re.IGNORECASE)
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
    if found.share >= MUCH or not (doubted := _doubted(reading.elements)):
        return found
    # The names of a layout (`sidebar-grid`, `widget-area`) may speak against every part of a page.
    believed = [element.own for element in doubted]
    reading.forget()
    for element in doubted:
        element.own = 0
    other = _strip(reading, title_key, show_hidden=show_hidden)
    least = _PROSE_EACH * len(other.paragraphs) if found.paragraphs else _SOME_PROSE
    if other.score < max(_FAR_MORE * found.score, least):
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
        and not _NEVER_DOUBTED.search(element.name)
    ]
    masses: dict[str, float] = {}
    for element in named:
        masses[element.name] = masses.get(element.name, 0.0) + element.mass
    return [element for element in named if masses[element.name] >= MUCH * elements[0].mass]


def _strip(
    reading: Reading, title_key: str, trace: Trace | None = None, *, show_hidden: bool = False
) -> Stripped:
    blocks = _until_comments(_until_next_article(reading.blocks, title_key))
    total = score_blocks(blocks, reading.elements, show_hidden=show_hidden)
    discount_cards(blocks)
    total -= sum(block.score for block in blocks if block.score > WEAK_SCORE and block.element.never)
    container = find_container(blocks, reading.elements, total) or find_container(
        blocks, reading.elements, total, furniture=False
    )
    if container is None:
        return Stripped([], 0.0, 0.0, hidden=_hidden_score(blocks))
    container = article_of(blocks, container, total, title_key) or climb(blocks, container, total)
    start, end = range_of(blocks, container)
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


def _until_next_article(blocks: Sequence[Block], title_key: str) -> Sequence[Block]:
    """Cut where a page that loads further articles begins the next: at a second main heading marked up like the title."""
    mains = [block for block in blocks if block.element.heading == H1]
    if len(mains) < 2 or not title_key:
        return blocks
    title_words = title_key.count(" ") + 1
    own = next((block for block in mains if is_title(block, title_key, title_words, begun=True)), None)
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
        if block.words >= HEADLINE_WORDS and not block.link_chars and block.element.heading != H1
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
            or (title_key and is_title(before[index], title_key, title_words, begun=True))
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
        if block.score > WEAK_SCORE and not block.element.bad(total):
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
        prose = score > WEAK_SCORE and not element.bad(total)
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
            and is_title(block, title_key, title_words, begun=bool(kept))
        ):
            reason = "title"
        elif kind is not None:
            reason = kind.value
            announced = kind is not Furniture.CHROME and block.words <= 6
            closed = kind is Furniture.ENDS and remaining < 0.25 * whole
        elif announced and (not prose or block.words < HEADLINE_WORDS):
            reason = "announced headline"
        elif not prose:
            place = int(index > last) if begun else -1
            reason = _why_not(block, place, (element.tag, element.name) in looks, selected)
        elif text in seen and (copied or block.words >= HEADLINE_WORDS):
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
        if block.element.heading == H1 and title_key and is_title(block, title_key, title_words, begun=True):
            return index
        if block.score > WEAK_SCORE and not block.element.bad(total):
            before += block.score
            if before > _BEFORE_TITLE * whole:
                return -1
    return -1


def _why_not(block: Block, place: int, alike: bool, selected: bool) -> str:
    """Say why a block that is no prose does not belong to the body; "" where it does: subheads, list items, signatures.

    `place` is -1 before the first prose, 1 after the last, 0 between; `alike` blocks are marked up like the prose.
    """
    if block.link_chars > MAX_LINK_SHARE * len(block.text):
        sentence = block.words >= 8 and block.text[-1] in ENDINGS
        return "" if (alike or selected) and sentence and not block.element.listed else "links"
    if block.element.heading:
        return "" if place == 0 or (selected and place < 0) else "heading outside the text"
    if place == 0:
        return "" if alike or selected else "looks unlike the text"
    if place > 0 and alike and _SIGNATURE.fullmatch(block.text):
        return ""
    if place < 0 and not selected and find_date(block.text) is not None:
        return "date line"
    return "" if (alike or selected) and block.score >= WEAK_SCORE else "outside the text"
