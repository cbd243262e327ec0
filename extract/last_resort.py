"""The parser of last resort: BeautifulSoup reads what would break the fast parser, and its text is copied.

What a page shows goes into markup that is harmless: blocks, links, dates, no nesting. A module of its own, since
BeautifulSoup takes 0.2 s to import and few pages ever need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from bs4 import BeautifulSoup, NavigableString, ParserRejectedMarkup, Tag
from bs4.element import PageElement

from extract.hostile import LONG_TAG

_MOST_TAGS = 210_000  # that a tree is built of; 100,000 nested elements with their end tags are fewer
_TAG_NAME = re.compile(r"<[a-zA-Z]\w{0,30}")
_BLOCKS = frozenset(["p", "h1", "h2", "h3", "h4", "li", "blockquote", "title"])
_BREAKS = frozenset(["div", "section", "article", "td", "br", "tr", "ul", "ol", "main", "body", "header"])
_SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "textarea",
        "select",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
    ]
)


class _Flattener:
    """Copies what a page shows: blocks, links and metadata, no nesting beyond a paragraph."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.open: str | None = None

    def copy(self, soup: BeautifulSoup) -> None:
        """Walk the tree with a stack of its own, since pages may nest deep."""
        waiting: list[tuple[str, Iterator[PageElement]]] = [("", iter(soup.contents))]
        while waiting:
            name, children = waiting[-1]
            child = next(children, None)
            if child is None:
                self._end(name)
                waiting.pop()
            elif isinstance(child, Tag):
                if child.name not in _SILENT:
                    self._start(child)
                    waiting.append((child.name, iter(child.contents)))
            elif type(child) is NavigableString:  # its subclasses are comments, declarations and the like
                self._text(child)

    def _close(self) -> None:
        if self.open is not None:
            self.parts.append(f"</{self.open}>")
            self.open = None

    def _start(self, tag: Tag) -> None:
        name = tag.name
        if name == "meta":
            kept = (
                (key, tag.get(key))
                for key in ("property", "name", "content", "itemprop")
                if tag.has_attr(key)
            )
            self.parts.append(
                "<meta" + "".join(f' {key}="{escape(str(value))}"' for key, value in kept) + ">"
            )
        elif name in _BLOCKS:
            self._close()
            self.open = name
            self.parts.append(f"<{name}>")
        elif name in _BREAKS:
            self._close()
        elif name == "a":
            self.parts.append("<a href='#'>")
        elif name == "time":
            self.parts.append(f'<time datetime="{escape(str(tag.get("datetime") or ""))}">')

    def _end(self, name: str) -> None:
        if name in _BLOCKS or name in _BREAKS:
            self._close()
        elif name in {"a", "time"}:
            self.parts.append(f"</{name}>")

    def _text(self, text: str) -> None:
        if not text.strip():
            return
        if self.open is None:
            self.open = "p"
            self.parts.append("<p>")
        self.parts.append(escape(text, quote=False))


def _without_comments(text: str) -> str:
    """Drop comments in one pass; the tokenizer would look for the end of each unclosed one to the end of the page."""
    first, *rest = text.split("<!--")
    return first + "".join(piece.partition("-->")[2] for piece in rest)


def _without_long_tags(text: str) -> str:
    """Take all attributes from tags that are too long to be honest."""
    pieces = text.split(">")
    for index, piece in enumerate(pieces):
        if len(piece) > LONG_TAG and (tag := _TAG_NAME.search(piece)):
            pieces[index] = piece[: tag.end()]
    return ">".join(pieces)


def flatten(text: str) -> str | None:
    """Copy a hostile page into harmless markup; None where even the parser of last resort gives up.

    That is BeautifulSoup over the standard library's tokenizer, which keeps no stack that is searched and compares no
    attributes. A page of too many tags even for it is given up, which bounds its time and memory.
    """
    # What follows the last `>` holds no whole tag; without this every `<` in it would be searched to the end.
    cut = text.rfind(">") + 1
    markup = _without_long_tags(_without_comments(text[:cut])) + escape(text[cut:].partition("<")[0])
    if markup.count("<") > _MOST_TAGS:
        return None
    flattener = _Flattener()
    try:
        flattener.copy(BeautifulSoup(markup, "html.parser"))
    except (ParserRejectedMarkup, AssertionError, ValueError, RecursionError):
        return None
    return "<html><body>" + "".join(flattener.parts) + "</body></html>"
