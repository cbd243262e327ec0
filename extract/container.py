"""Where the body stands: how much each block is prose, and the element that holds the most of it.

Blocks of prose give their score to the elements around them, less with each level; furniture (links, headlines,
buttons) takes away. The element with the greatest value holds the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat

from extract.blocks import ARTICLE, H1, LI, Block, Element, P
from extract.characters import key

_LEVEL_DECAY = 0.9
MAX_LINK_SHARE = 0.6
HEADLINE_WORDS = 14
WEAK_SCORE = 0.2  # a block that is no more than this is no sentence
ENDINGS = frozenset(".!?؟۔।。…:")
_CLOSERS = frozenset("\"'”“»«)]’")
_CLOSERS_AND_SPACE = "".join(_CLOSERS) + " \u200f\u200e\xa0"
_CARD_WORDS = 45
_CARD_SHARE = 0.6
_NEARLY_ALL = 0.95
_CLIMB_LEVELS = 6
_TITLE_SLACK = 30  # characters (punctuation, diacritics) by which a title may be longer than its key
_ARTICLE_MASS = 10.0  # prose of about 90 words
MUCH = 0.35  # share of a page's prose from which on it cannot be all furniture


def score_blocks(blocks: Sequence[Block], elements: Sequence[Element], *, show_hidden: bool = False) -> float:
    """Score each block for being prose, up to 7 for a long paragraph, negative for furniture.

    Gives each of `elements` (parents before children) the mass of prose below it and returns the mass of the page.
    Hidden prose has no score unless `show_hidden`.
    """
    total = 0.0
    for block in blocks:
        words, text, element = block.words, block.raw, block.element
        size = len(text)
        if block.link_chars > MAX_LINK_SHARE * size:
            block.score = -1.5 if element.listed else -1.0
        elif element.heading:
            block.score = -0.2
        else:
            last = text[-1:]
            ends = (last if last not in _CLOSERS else text.rstrip(_CLOSERS_AND_SPACE)[-1:]) in ENDINGS
            if words < HEADLINE_WORDS and not ends:
                block.score = -0.4 if words < 8 else WEAK_SCORE
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


def discount_cards(blocks: Sequence[Block]) -> None:
    """Take the score from excerpts of other articles: short prose, each with a linked headline right beside it.

    One such paragraph may be an article's own; two or more that look alike are a list.
    """
    alike: dict[tuple[int, str, int, str], list[tuple[Block, bool]]] = {}
    last = len(blocks) - 1
    for index, block in enumerate(blocks):
        if block.score > WEAK_SCORE and block.words <= _CARD_WORDS:
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


def find_container(
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
        if score <= WEAK_SCORE and (not score or not _near_prose(element)):
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


def article_of(blocks: Sequence[Block], container: Element, total: float, title_key: str) -> Element | None:
    """Return the `article` that holds the title, where the container is around it or comes after it.

    What is around it holds other articles too, what comes after it may be longer: comments, a notice.
    """
    title_words = title_key.count(" ") + 1
    for block in blocks:
        if block.element.heading == H1 and title_key and is_title(block, title_key, title_words, begun=True):
            element: Element | None = block.element
            while element is not None and element is not container:
                if element.tag == ARTICLE and element.mass >= min(MUCH * total, _ARTICLE_MASS):
                    around = _inside(element, container)
                    if around and element.mass < MUCH * total and container.parent is not None:
                        return None
                    return None if _inside(container, element) else element
                element = element.parent
    return None


def climb(blocks: Sequence[Block], container: Element, total: float) -> Element:
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


def range_of(blocks: Sequence[Block], container: Element) -> tuple[int, int]:
    """Return the half-open range of the container's blocks; in document order they stand together."""
    flags = map(_inside, (block.element for block in blocks), repeat(container))
    start = next(index for index, flag in enumerate(flags) if flag)
    end = start + 1
    while end < len(blocks) and _inside(blocks[end].element, container):
        end += 1
    return start, end


def is_title(block: Block, title_key: str, title_words: int, *, begun: bool) -> bool:
    """Tell whether a block repeats the title; a first line may be the title without the site's name (`مغرس : title`)."""
    if begun:
        # Folding costs, so lines of another length are not folded.
        near = abs(block.words - title_words) <= 3 and abs(len(block.text) - len(title_key)) <= _TITLE_SLACK
        return near and key(block.text) == title_key
    line = key(block.text) if block.words <= title_words + 3 else ""
    return line == title_key or (line.count(" ") >= 3 and line in title_key)
