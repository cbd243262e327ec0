"""Pages made to break parsers: a cheap scan, and a flattened copy for those that are worth a second look.

Fast parsers keep a stack of open elements and compare each attribute with those before it, so 100,000
nested tags or 200,000 attributes on one tag cost them minutes, or all the text. The scan finds such pages
before anything is parsed; the standard library's tokenizer, which keeps neither, then copies what can be
shown into markup that is harmless.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

MAX_BYTES = 5 * 1024 * 1024
"""Larger pages are refused; the crawler reads no more either."""
MAX_DEPTH = 2000
MAX_ATTRIBUTES = 1000
MAX_TAGS = 150_000
"""More tags than any article has: refused, since no reading of them is worth the seconds."""

_LONG_TAG = 16_384  # bytes between two `>` that may hide many attributes
_MANY_TAGS = 2 * MAX_DEPTH
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})(?=[\s/>])")
_VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li td tr th dd dt option".split()
)
_OPEN_TAG = re.compile(rb"<[a-zA-Z][^\s>/]{0,100}")
_RAW_TEXT = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
_TAG_NAME = re.compile(r"<[a-zA-Z]\w{0,30}")
_ATTRIBUTE = re.compile(rb"""[\s/]*+[^\s=>/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?""")
MAX_EVENTS = 400_000
"""Tags and texts that the flattening reads before it gives up: about four seconds."""

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


def scan(body: bytes) -> str | None:
    """Return what makes a page hostile, in one line, or None for an ordinary page.

    Linear in the length of the page; for ordinary pages it only counts characters.
    """
    if len(body) > MAX_BYTES:
        return f"{len(body):,} bytes, more than {MAX_BYTES:,}"
    tags = body.count(b"<")
    if tags > MAX_TAGS:
        return f"{tags:,} tags"
    at = 0
    while len(body) - at > _LONG_TAG:
        # Stepping back from as far as a tag may reach, the last `>` is found at once on ordinary pages.
        close = body.rfind(b">", at, at + _LONG_TAG)
        if close < 0:
            end = body.find(b">", at)
            end = end if end >= 0 else len(body)
            tag = _OPEN_TAG.search(body, at, end)
            if tag is not None and not _in_raw_text(body, tag.start()) and _many_attributes(body, tag.end()):
                return f"more than {MAX_ATTRIBUTES:,} attributes on one tag"
            close = end
        at = close + 1
    if tags > _MANY_TAGS and _may_nest(body) and (depth := _depth(body)) > MAX_DEPTH:
        return f"more than {MAX_DEPTH:,} nested tags ({depth:,})"
    return None


def _in_raw_text(body: bytes, at: int) -> bool:
    """Tell whether a `<` stands in a script, a style or a comment, where it begins no tag."""
    return any(body.rfind(opening, 0, at) > body.rfind(closing, 0, at) for opening, closing in _RAW_TEXT)


def _many_attributes(body: bytes, at: int) -> bool:
    for _ in range(MAX_ATTRIBUTES + 1):
        attribute = _ATTRIBUTE.match(body, at)
        if attribute is None:
            return False
        at = attribute.end()
    return True


def _may_nest(body: bytes) -> bool:
    """Tell whether tags may nest too deep, by counting them in pieces; void elements count as never closed."""
    depth = 0
    for at in range(0, len(body), _LONG_TAG):
        ends = body.count(b"</", at, at + _LONG_TAG)
        starts = body.count(b"<", at, at + _LONG_TAG) - ends
        if depth + starts > MAX_DEPTH:
            return True
        depth = max(0, depth + starts - ends)
    return False


def _depth(body: bytes) -> int:
    """Count how deep the tags nest, taking each end tag for the last start tag; stops where it is enough."""
    depth = deepest = 0
    for match in _TAG.finditer(body):
        name = match[2]
        if name is None or name.lower() in _VOID:
            continue
        if match[1]:
            depth = max(0, depth - 1)
        else:
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > MAX_DEPTH:
                    break
    return deepest


class _Flattener(HTMLParser):
    """Copies what a page shows: blocks, links and metadata, no nesting beyond a paragraph."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.events = 0
        self.silent: list[str] = []
        self.open: str | None = None

    def _count(self) -> None:
        self.events += 1
        if self.events > MAX_EVENTS:
            raise _TooMuchError

    def _close(self) -> None:
        if self.open is not None:
            self.parts.append(f"</{self.open}>")
            self.open = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count()
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag == "meta":
            kept = [
                (name, value)
                for name, value in attrs[:20]
                if name in {"property", "name", "content", "itemprop"}
            ]
            self.parts.append(
                "<meta" + "".join(f' {name}="{escape(value or "")}"' for name, value in kept) + ">"
            )
        elif tag in _BLOCKS:
            self._close()
            self.open = tag
            self.parts.append(f"<{tag}>")
        elif tag in _BREAKS:
            self._close()
        elif tag == "a":
            self.parts.append("<a href='#'>")
        elif tag == "time":
            moment = next((value for name, value in attrs[:20] if name == "datetime"), None) or ""
            self.parts.append(f'<time datetime="{escape(moment)}">')

    def handle_endtag(self, tag: str) -> None:
        self._count()
        if self.silent:
            if tag == self.silent[-1]:
                self.silent.pop()
        elif tag in _BLOCKS or tag in _BREAKS:
            self._close()
        elif tag in {"a", "time"}:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._count()
        if self.silent or not data.strip():
            return
        if self.open is None:
            self.open = "p"
            self.parts.append("<p>")
        self.parts.append(escape(data, quote=False))


class _TooMuchError(Exception):
    """The flattening has read as much as it may."""


def _without_comments(text: str) -> str:
    """Drop comments in one pass; the tokenizer would look for the end of each unclosed one to the end of the page."""
    first, *rest = text.split("<!--")
    return first + "".join(piece.partition("-->")[2] for piece in rest)


def _without_long_tags(text: str) -> str:
    """Take all attributes from tags that are too long to be honest."""
    pieces = text.split(">")
    for index, piece in enumerate(pieces):
        if len(piece) > _LONG_TAG and (tag := _TAG_NAME.search(piece)):
            pieces[index] = piece[: tag.end()]
    return ">".join(pieces)


def flatten(text: str) -> str | None:
    """Copy a hostile page into harmless markup; None where it is too much even for that.

    The standard library's tokenizer reads it, the one under BeautifulSoup's `html.parser`; no tree is built.
    """
    # What follows the last `>` holds no whole tag; without this every `<` in it would be searched to the end.
    cut = text.rfind(">") + 1
    flattener = _Flattener()
    try:
        flattener.feed(
            _without_long_tags(_without_comments(text[:cut])) + escape(text[cut:].partition("<")[0])
        )
        flattener.close()
    except (_TooMuchError, AssertionError, ValueError):
        return None
    return "<html><body>" + "".join(flattener.parts) + "</body></html>"
