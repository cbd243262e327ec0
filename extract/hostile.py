"""Pages made to break parsers: a cheap scan that finds them before anything is parsed.

Fast parsers keep a stack of open elements and compare each attribute with those before it, so 100,000
nested tags or 200,000 attributes on one tag cost them minutes, or all the text.
"""

from __future__ import annotations

import re

MAX_BYTES = 5 * 1024 * 1024
"""Larger pages are refused; the crawler reads no more either."""
MAX_DEPTH = 2000
MAX_ATTRIBUTES = 1000
MAX_TAGS = 150_000
"""More tags than any article has: refused, since no reading of them is worth the seconds."""

LONG_TAG = 16_384  # bytes between two `>` that may hide many attributes
_MANY_TAGS = 2 * MAX_DEPTH
_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]{0,30})(?=[\s/>])")
_VOID = frozenset(
    b"area base br col embed hr img input link meta param source track wbr p li td tr th dd dt option".split()
)
_OPEN_TAG = re.compile(rb"<[a-zA-Z][^\s>/]{0,100}")
_RAW_TEXT = ((b"<script", b"</script"), (b"<style", b"</style"), (b"<!--", b"-->"))
_ATTRIBUTE = re.compile(rb"""[\s/]*+[^\s=>/]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?""")


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
    while len(body) - at > LONG_TAG:
        # Stepping back from as far as a tag may reach, the last `>` is found at once on ordinary pages.
        close = body.rfind(b">", at, at + LONG_TAG)
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
    for at in range(0, len(body), LONG_TAG):
        ends = body.count(b"</", at, at + LONG_TAG)
        starts = body.count(b"<", at, at + LONG_TAG) - ends
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
