"""The text of a page as blocks: one walk over one parse, remembering for each block where it stands.

A block is a run of text inside one block-level element; `<br>` parts blocks. Elements are resolved only
when text is found below them, so menus of scripts and styles cost next to nothing.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.characters import tidy

MAX_BLOCKS = 20_000
"""Blocks read from one page; what comes after them is another thing than an article."""
MAX_LEVELS = 200
"""Elements nested deeper are counted as their ancestor at this level."""

_PROBE = LexborHTMLParser("<body>")


def _tag_id(name: str) -> int:
    return _PROBE.create_node(name).tag_id


def _ids(names: str) -> frozenset[int]:
    return frozenset(map(_tag_id, names.split()))


TEXT = 2  # lexbor's LXB_TAG__TEXT
BR = _tag_id("br")
A = _tag_id("a")
P = _tag_id("p")
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
_ASIDE = _ids("footer aside form figcaption figure address menu")
_LIST = _ids("ul ol dl")
_HEADER = _tag_id("header")

# Names that themes of all kinds give to what stands around a text: whole class names or ids first, which are
# believed even of large parts of a page; then words inside names.
_STRONG_NAME = re.compile(
    r"(?:^|\s)(?:comments?|comments?-(?:area|list|form|section|wrap\w*|box|container)|commentlist|respond|disqus_thread|fb-comments|"
    r"modal\S*|popup\S*|cookie\S*|consent\S*|gdpr\S*|footer|site-footer|page-footer|sidebar|widget-?area|related|related-\S+|recommended\S*|"
    r"twitter-tweet|twitter-video|instagram-media|tiktok-embed|fb-post|bluesky-embed|reddit-embed|telegram-post|jnews_inline\S*)(?:\s|$)",
    re.IGNORECASE,
)
_WEAK_NAME = re.compile(
    r"(?:^|[\s_-])(?:comments?|disqus\w*|related\w*|read-?(?:more|also|next)|see-?also|"
    r"more-?(?:on|news|stories|posts|articles|topics?)|also-?(?:read|like)|you-?may\w*|recommend\w*|suggest\w*|outbrain|taboola|"
    r"shar(?:e|es|ing|edaddy)\w*|social\w*|follow\w*|sidebars?|side-?bar|footers?|foot|breadcrumbs?|crumbs?|nav|navbar|navigation|menus?|"
    r"tags?|taglist|tagcloud|topics?|keywords|newsletters?|subscri\w+|sign-?up|promos?|promotions?|advert\w*|ads?|adv|adslot|adbox|banners?|sponsor\w*|"
    r"popular\w*|trending\w*|most-?\w+|latest\w*|ticker|marquee|pagination|pager|pagelinks|prev-?next|post-?nav\w*|"
    r"author-?(?:box|bio|info|card|desc\w*)|about-?author|bio|biography|byline|credits?|captions?|copyrights?|meta|metadata|singlepostmeta|metatextline|"
    r"images?|img|photos?|pictures?|contentimage|pict\w*|timestamp|dateline|cookies?|consent|gdpr|paywall|login|modals?|popups?|overlay|tooltip|toolbar|hidden|hide|sr-only|"
    r"visually-?hidden|screen-reader\w*|skip-?link|carousel|slider|slideshow|gallery|teasers?|manualteaser\w*|poll|polls|quiz|rating|votes?|print|infobox|factbox|"
    r"addtoany\w*|a2a_kit|essb\w*|mashsb\w*|heateor\w*|feedback|disclaimer|contact-?form|cta|rules|podcasts?|end-of-\w+|not-prose)"
    r"(?:$|[\s_-])|(?:^|\s)widgets?(?:$|[\s_-])",
    re.IGNORECASE,
)
WEAK, STRONG = 1, 2


@lru_cache(maxsize=8192)
def junk_name(name: str) -> int:
    """Return 0, `WEAK` or `STRONG`: how surely a class or id names what is no article text. Pages repeat names."""
    if _STRONG_NAME.search(name) is not None:
        return STRONG
    return WEAK if _WEAK_NAME.search(name) is not None else 0


_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Element:
    """An element that holds text, and what it says about that text."""

    __slots__ = (
        "bad",
        "block",
        "depth",
        "heading",
        "link",
        "listed",
        "mass",
        "mem",
        "name",
        "node",
        "own",
        "parent",
        "silent",
        "tag",
        "value",
    )

    def __init__(self, node: LexborNode, parent: Element | None, mem: int, show_hidden: bool = False) -> None:
        self.node = node
        self.parent = parent
        self.mem = mem
        self.tag = tag = node.tag_id
        self.name = ""
        self.mass = 0.0  # prose below it
        self.value = 0.0  # prose less furniture below it, weaker with each level
        self.own = 0  # WEAK or STRONG when its own name or tag speaks against it
        self.bad = False  # it or an ancestor is believed to be no article text; see `stripper`
        if parent is None:
            self.depth = self.heading = 0
            self.silent = self.link = self.listed = False
            self.block: Element = self
            return
        self.depth = parent.depth + 1
        self.silent = parent.silent or tag in _SILENT
        self.link = parent.link or tag == A
        self.listed = parent.listed or tag in _LIST
        self.heading = tag if tag in HEADINGS else parent.heading
        if tag in _INLINE:
            self.block = parent.block
            return
        self.block = self
        if self.silent:
            return
        attributes = node.attributes
        if attributes:
            self._read(attributes, show_hidden)
        if tag in _ASIDE and not self.own:
            self.own = WEAK

    def _read(self, attributes: dict[str, str | None], show_hidden: bool) -> None:
        name = attributes.get("class") or ""
        identity = attributes.get("id")
        if identity:
            name = f"{name} {identity}"
        if name:
            self.name = name
            self.own = junk_name(name)
        if show_hidden:
            return
        style = attributes.get("style")
        if (
            "hidden" in attributes
            or attributes.get("aria-hidden") == "true"
            or (style and _HIDDEN_STYLE.search(style) is not None)
        ):
            self.silent = True

    def ancestors(self) -> Iterator[Element]:
        """Walk from this element to the root, itself first."""
        element: Element | None = self
        while element is not None:
            yield element
            element = element.parent


class Block:
    """A paragraph, a heading, a list item: text that is shown as one."""

    __slots__ = ("element", "heading", "link_chars", "score", "text", "words")

    def __init__(self, element: Element, heading: int, text: str, link_chars: int) -> None:
        self.element = element
        self.heading = heading
        self.text = text
        self.link_chars = link_chars
        self.words = text.count(" ") + 1
        self.score = 0.0


@dataclass(slots=True)
class Blocks:
    """The blocks of a page or of a part of it, in document order, and the elements around them, parents first."""

    blocks: list[Block]
    elements: list[Element]


def read_blocks(root: LexborNode, dropped: Container[int] = (), *, show_hidden: bool = False) -> Blocks:
    """Read the blocks under `root`; elements whose `mem_id` is in `dropped` are left out.

    Texts are tidied and never empty. At most `MAX_BLOCKS` are read. `show_hidden` reads what the page hides
    until a script shows it.
    """
    top = Element(root, None, root.mem_id)
    elements = [top]
    known: dict[int, Element] = {top.mem: top}
    blocks: list[Block] = []
    parts: list[str] = []
    block: Element | None = None
    heading = link_chars = 0
    for node in root.traverse(include_text=True):
        tag = node.tag_id
        if tag == TEXT:
            text = node.text_content
            if not text or (block is None and text.isspace()):
                continue
            parent = node.parent
            if parent is None:
                continue
            element = known.get(parent.mem_id)
            if element is None:
                element = _resolve(parent, known, elements, dropped, show_hidden)
            if element.silent:
                continue
            if block is not element.block:
                if block is not None:
                    joined = tidy("".join(parts))
                    if joined:
                        blocks.append(Block(block, heading, joined, link_chars))
                        if len(blocks) >= MAX_BLOCKS:
                            return Blocks(blocks, elements)
                    block = None
                if text.isspace():
                    continue
                parts = [text]
                block = element.block
                heading = element.heading
                link_chars = len(text) if element.link else 0
            else:
                parts.append(text)
                if element.link:
                    link_chars += len(text)
        elif tag == BR and block is not None:
            joined = tidy("".join(parts))
            if joined:
                blocks.append(Block(block, heading, joined, link_chars))
            block = None
    if block is not None:
        joined = tidy("".join(parts))
        if joined:
            blocks.append(Block(block, heading, joined, link_chars))
    return Blocks(blocks, elements)


def _resolve(
    node: LexborNode,
    known: dict[int, Element],
    elements: list[Element],
    dropped: Container[int],
    show_hidden: bool,
) -> Element:
    """Make the elements from `node` up to the first known one; without recursion, since pages may nest deep."""
    chain: list[tuple[LexborNode, int]] = [(node, node.mem_id)]
    element = elements[0]
    current = node.parent
    while current is not None:
        mem = current.mem_id
        found = known.get(mem)
        if found is not None:
            element = found
            break
        chain.append((current, mem))
        current = current.parent
    for each, mem in reversed(chain):
        if element.depth < MAX_LEVELS:
            element = Element(each, element, mem, show_hidden)
            elements.append(element)
            if mem in dropped:
                element.silent = True
        known[mem] = element
    return element
