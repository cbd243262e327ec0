"""The text of a page as blocks: one walk over one parse, remembering for each block where it stands.

A block is a run of text inside one block-level element; `<br>` parts blocks. Elements are resolved only
when text is found below them, so menus of scripts and styles cost next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.characters import count_words, tidy
from extract.names import NEVER, STRONG, WEAK, junk_name

MAX_BLOCKS = 20_000
"""Blocks read from one page; what comes after them is another thing than an article."""
MAX_TEXTS = 60_000
"""Texts looked at on one page, for the same reason."""
MAX_NAME_CHARS = 500
"""Of longer classes and ids only the beginning is looked at."""
MAX_LEVELS = 200
"""Elements nested deeper are counted as their ancestor at this level."""

_SENTENCE_CHARS = 30  # a text node of this length outside a link may be a sentence's
_NEIGHBOURS = 4  # texts before and after such a one that are read whatever they are

_PROBE = LexborHTMLParser("<body>")


def _tag_id(name: str) -> int:
    return _PROBE.create_node(name).tag_id


def _ids(names: str) -> frozenset[int]:
    return frozenset(map(_tag_id, names.split()))


TEXT = 2  # lexbor's LXB_TAG__TEXT
BR = _tag_id("br")
A = _tag_id("a")
P = _tag_id("p")
ARTICLE = _tag_id("article")
PRE = _tag_id("pre")
LI = _tag_id("li")
H1 = _tag_id("h1")
HEADINGS = _ids("h1 h2 h3 h4 h5 h6")
_INLINE = _ids(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark q ruby rb rt rp s samp small span "
    "strike strong sub sup time tt u var wbr nobr"
)
_SILENT = _ids(
    "script style noscript template svg math iframe object embed video audio canvas map textarea select option button "
    "input datalist head title nav dialog rt rp noframes"
)
_ASIDE = _ids("aside form figure address menu")
_NEVER = _ids("footer figcaption")
_LIST = _ids("ul ol dl")
_SHOWN = frozenset((TEXT, BR))
_HOLDS_TEXT = frozenset((H1, P))  # a link in these is part of a text
_IS_INLINE, _IS_LINK, _IS_SILENT = 1, 2, 3
_KINDS = {**dict.fromkeys(_INLINE, _IS_INLINE), A: _IS_LINK, **dict.fromkeys(_SILENT, _IS_SILENT)}
"""What a tag is when it is no block; one look-up an element."""

_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


# Share of a page's prose from which on a name is not believed.
_BELIEVED = {WEAK: 0.5, STRONG: 0.85}


class Element:
    """A block-level element that holds text. Its attributes are read only when somebody asks."""

    __slots__ = (
        "_bad",
        "_conceals",
        "_hidden",
        "_name",
        "_never",
        "depth",
        "heading",
        "listed",
        "mass",
        "node",
        "own",
        "parent",
        "tag",
        "value",
    )

    def __init__(self, node: LexborNode, tag: int, parent: Element | None) -> None:
        self.node = node
        self.tag = tag
        self.parent = parent
        self.mass = self.value = 0.0
        """Prose below it; and that less the furniture below it, weaker with each level."""
        self.own = 0
        """`WEAK`, `STRONG` or `NEVER` when its own name or tag speaks against it; known once `name` was read."""
        self._name: str | None = None
        self._bad: bool | None = None
        self._hidden: bool | None = None
        self._never: bool | None = None
        if parent is None:
            self.depth = self.heading = 0
            self.listed = False
        else:
            self.depth = parent.depth + 1
            self.listed = parent.listed or tag in _LIST
            self.heading = tag if tag in HEADINGS else parent.heading

    def forget(self) -> None:
        """Forget what an earlier judgement of the page's text has put down."""
        self.mass = self.value = 0.0
        self._bad = None

    @property
    def name(self) -> str:
        """Its class and id."""
        if self._name is None:
            self._read()
        return self._name or ""

    def _read(self) -> None:
        attributes = self.node.attributes
        name = ""
        hidden = False
        if attributes:
            name = (attributes.get("class") or "")[:MAX_NAME_CHARS]
            if identity := attributes.get("id"):
                name = f"{name} {identity[:MAX_NAME_CHARS]}"
            style = attributes.get("style")
            hidden = (
                "hidden" in attributes
                or attributes.get("aria-hidden") == "true"
                or (style is not None and _HIDDEN_STYLE.search(style) is not None)
            )
        self._name = name
        self._conceals = hidden
        if self.parent is not None:
            self.own = junk_name(name) if name else 0
            if self.tag in _NEVER:
                self.own = NEVER
            elif not self.own and self.tag in _ASIDE:
                self.own = WEAK

    @property
    def hidden(self) -> bool:
        """Whether it or an ancestor is hidden until a script shows it."""
        if self._hidden is None:
            if self._name is None:
                self._read()
            self._hidden = self._conceals or (self.parent is not None and self.parent.hidden)
        return self._hidden

    @property
    def never(self) -> bool:
        """Whether its own or an ancestor's name or tag is that of what never is article text: comments, a footer."""
        if self._never is None:
            if self._name is None:
                self._read()
            self._never = self.own == NEVER or (self.parent is not None and self.parent.never)
        return self._never

    def bad(self, total: float) -> bool:
        """Tell whether its own or an ancestor's name or tag says that it is no article text.

        `total` is the prose mass of the page: a name is not believed of an element that holds most of it. Asked
        for only once the masses are known, and then remembered.
        """
        if self._bad is None:
            if self._name is None:
                self._read()
            if self.parent is not None and self.parent.bad(total):
                self._bad = True
            elif not self.own:
                self._bad = False
            else:
                self._bad = self.own == NEVER or self.mass < _BELIEVED[self.own] * total or not total
        return self._bad


class Block:
    """A paragraph, a heading, a list item: text that is shown as one."""

    __slots__ = ("_text", "element", "link_chars", "raw", "score", "words")

    def __init__(self, element: Element, parts: list[str], link_chars: int) -> None:
        self.element = element
        self.raw = raw = (parts[0] if len(parts) == 1 else "".join(parts)).strip()
        """The text as the page has it, with its line ends and indents."""
        self.link_chars = link_chars
        self.words = count_words(raw)
        self.score = 0.0
        self._text: str | None = None

    @property
    def text(self) -> str:
        """The tidied text; empty where the block held nothing but invisible characters."""
        if self._text is None:
            self._text = tidy(self.raw)
        return self._text


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page or of a part of it."""

    blocks: list[Block]
    """In document order."""
    elements: list[Element]
    """Those that hold the blocks, parents before children."""

    def forget(self) -> None:
        """Forget an earlier judgement, so that the same reading can be judged again."""
        for element in self.elements:
            element.forget()


class _Walk:
    """What a walk over a page knows of the elements it has passed."""

    __slots__ = ("dropped", "elements", "known", "links")

    def __init__(self, root: LexborNode, dropped: Container[int]) -> None:
        top = Element(root, root.tag_id, None)
        self.elements = [top]
        self.known: dict[int, Element | None] = {root.mem_id: top}
        """Element by `mem_id`, inline ones by the block they are in; None for those whose text is not shown."""
        self.links: set[int] = set()
        """The `mem_id` of each link and of what is in it."""
        self.dropped = dropped

    def resolve(self, node: LexborNode, mem: int) -> Element | None:
        """Make the elements from `node` up to the first known one; without recursion, since pages may nest deep."""
        known, links, dropped = self.known, self.links, self.dropped
        chain: list[tuple[LexborNode, int]] = [(node, mem)]
        element: Element | None = None
        upper = 0
        while (above := node.parent) is not None:
            upper = above.mem_id
            if upper in known:
                element = known[upper]
                break
            chain.append((above, upper))
            node = above
        link = upper in links
        for node, mem in reversed(chain):  # noqa: PLR1704 - the same walk, downwards
            tag = node.tag_id
            kind = _KINDS.get(tag)
            if kind is None:
                if element is not None and element.depth < MAX_LEVELS:
                    element = Element(node, tag, element)
                    self.elements.append(element)
            elif kind == _IS_LINK:
                link = True
            elif kind == _IS_SILENT:
                element = None
            if dropped and mem in dropped:
                element = None
            if link:
                links.add(mem)
            known[mem] = element
        return element


_Text = tuple[LexborNode, LexborNode, str]  # a text node or `br`, its parent, the text ("" for a `br`)


def _texts(root: LexborNode) -> list[_Text | None]:
    """Return the texts that may be shown, and line breaks, in document order.

    Menus and, far from any text of sentence length, lists of headlines are passed over: on many pages they are most
    of the texts, and nothing is ever judged by them. None stands for a text that was.
    """
    texts: list[_Text | None] = []
    lone: list[int] = []
    """Places of links with no sentence near them so far."""
    last = -_NEIGHBOURS
    for node in root.traverse(include_text=True, skip_empty=True):
        tag = node.tag_id
        if tag not in _SHOWN:
            continue
        parent = node.parent
        if parent is None:
            continue
        above = parent.tag_id
        if above in _SILENT:
            continue
        text = (node.text_content or "") if tag == TEXT else ""
        place = len(texts)
        if above == A and (item := parent.parent) is not None:
            holder = item.tag_id
            if holder == LI and _is_alone(parent):
                continue
            if holder not in _HOLDS_TEXT:
                if place - last > _NEIGHBOURS:
                    lone.append(place)
                texts.append((node, parent, text))
                continue
        if len(text) >= _SENTENCE_CHARS:
            last = place
            while lone and lone[-1] >= place - _NEIGHBOURS:
                lone.pop()
        elif place >= MAX_TEXTS:
            break
        texts.append((node, parent, text))
    for place in lone:
        texts[place] = None
    return texts


def read_blocks(root: LexborNode, dropped: Container[int] = ()) -> Reading:
    """Read the blocks under `root` in document order; elements whose `mem_id` is in `dropped` are left out.

    At most `MAX_BLOCKS` are read.
    """
    walk = _Walk(root, dropped)
    known, links, resolve = walk.known, walk.links, walk.resolve
    blocks: list[Block] = []
    parts: list[str] = []
    current: Element | None = None
    link_chars = 0
    for entry in _texts(root):
        if entry is None:
            continue
        node, parent, text = entry
        if not text:
            if current is not None:
                blocks.append(Block(current, parts, link_chars))
                current = None
            continue
        mem = parent.mem_id
        element = known[mem] if mem in known else resolve(parent, mem)
        if element is None:
            continue
        if current is element:
            if not (parts[-1][-1].isspace() or text[0].isspace()) and _space_before(node):
                parts.append(" ")
            parts.append(text)
            if mem in links:
                link_chars += len(text)
        else:
            if current is not None:
                blocks.append(Block(current, parts, link_chars))
                if len(blocks) >= MAX_BLOCKS:
                    return Reading(blocks, walk.elements)
            parts = [text]
            current = element
            link_chars = len(text) if mem in links else 0
    if current is not None:
        blocks.append(Block(current, parts, link_chars))
    if any(block.element.tag == PRE for block in blocks):
        blocks = [part for block in blocks for part in _paragraphs(block)]
    return Reading(blocks, walk.elements)


def _paragraphs(block: Block) -> list[Block]:
    """Part preformatted text at its blank lines, which are shown."""
    pieces = _BLANK_LINES.split(block.raw) if block.element.tag == PRE else ()
    return [Block(block.element, [piece], 0) for piece in pieces] if len(pieces) > 1 else [block]


def _is_alone(link: LexborNode) -> bool:
    """Tell whether a link is all that its list item holds: a menu's or a list's of headlines, never a text's."""
    before, after = link.prev, link.next
    return (before is None or (before.is_empty_text_node and before.prev is None)) and (
        after is None or (after.is_empty_text_node and after.next is None)
    )


def _space_before(node: LexborNode) -> bool:
    """Tell whether blank text stands between a text and the inline element before it; the walk skips such text."""
    current: LexborNode | None = node
    for _ in range(8):
        if current is None:
            return False
        before = current.prev
        if before is not None:
            if before.tag_id == TEXT:
                return not (before.text_content or "").strip()
            last = before.last_child
            return last is not None and last.tag_id == TEXT and not (last.text_content or "x").strip()
        current = current.parent
        if current is not None and current.tag_id not in _INLINE:
            return False
    return False
