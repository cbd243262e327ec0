"""JSON-LD: what schema.org markup says about the article, and its `articleBody`."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from extract.blocks import Block
from extract.characters import key, tidy

_ARTICLE_TYPE = re.compile(
    r"(?:News|Tech|Reportage|Analysis|Opinion|Review|Background|LiveBlog|Blog|SocialMedia)?(?:NewsArticle|Article|Posting|BlogPosting)"
)
_LISTING_TYPES = frozenset(("CollectionPage", "ItemList", "SearchResultsPage", "Blog"))
_MARKUP = re.compile(r"<[a-zA-Z/][^>]{0,500}>")
_PARAGRAPH_MARKUP = re.compile(r"<(?:/?p|br|/?div|/?h[1-6]|/?li)\b[^>]{0,500}>", re.IGNORECASE)
MAX_JSON_CHARS = 1_000_000
_MAX_OBJECTS = 2_000
STUB_WORDS = 60
"""A shorter `articleBody` is the teaser that many themes put there."""
_SHOWN_SHARE = 0.85
_AGREEING_SHARE = 0.6
_OPENING_CHARS = 80  # more than a text ever says twice
_COPIED_SHARE = 0.5
_TEASER_RATIO = (
    2.5  # how much longer the text around it must be for an `articleBody` to be its beginning only
)


@dataclass(frozen=True, slots=True)
class ArticleData:
    """What the JSON-LD of a page says; "" for what it does not."""

    headline: str = ""
    published: str = ""
    modified: str = ""
    author: str = ""
    section: str = ""
    publisher: str = ""
    crumb: str = ""
    """The last breadcrumb that is not the article itself."""
    body: str = ""
    is_article: bool = False
    is_listing: bool = False


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every JSON object, outer ones first; bounded, and without recursion since data may nest."""
    queue = deque([value])
    seen = 0
    while queue and seen < _MAX_OBJECTS:
        current = queue.popleft()
        seen += 1
        if isinstance(current, dict):
            yield current
            queue.extend(inner for inner in current.values() if isinstance(inner, dict | list))
        elif isinstance(current, list):
            queue.extend(current)


def _text(value: Any) -> str:
    """Read a value that schema.org lets be a string, an object with a name, or a list of either."""
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value")
    return unescape(value) if isinstance(value, str) else ""


def _types(item: dict[str, Any]) -> list[str]:
    kind = item.get("@type")
    kinds = kind if isinstance(kind, list) else [kind]
    return [each.rpartition("/")[2] for each in kinds if isinstance(each, str)]


def _crumb(items: Any) -> str:
    if not isinstance(items, list):
        return ""
    names = [_text(each.get("name") or each.get("item")) for each in items if isinstance(each, dict)]
    names = [name for name in names if name]
    return names[-2] if len(names) > 2 else ""


def read_article_data(tree: LexborHTMLParser) -> ArticleData:
    """Read the JSON-LD of a page; broken scripts are skipped."""
    articles: list[dict[str, Any]] = []
    crumb = publisher = ""
    is_listing = False
    budget = MAX_JSON_CHARS
    for node in tree.css('script[type="application/ld+json"]'):
        source = node.text()
        budget -= len(source)
        if budget < 0:
            break
        try:
            value = json.loads(source, strict=False)
        except (ValueError, RecursionError):
            continue
        for item in _objects(value):
            kinds = _types(item)
            if any(_ARTICLE_TYPE.fullmatch(kind) for kind in kinds):
                articles.append(item)
            elif "BreadcrumbList" in kinds:
                crumb = crumb or _crumb(item.get("itemListElement"))
            elif _LISTING_TYPES.intersection(kinds):
                is_listing = True
            elif not publisher and "WebSite" in kinds:
                publisher = _text(item.get("name"))
    if not articles:
        return ArticleData(crumb=crumb, publisher=publisher, is_listing=is_listing)
    best = max(
        articles, key=lambda item: ("datePublished" in item) + ("headline" in item) + ("articleBody" in item)
    )
    return ArticleData(
        headline=tidy(_text(best.get("headline") or best.get("name"))),
        published=_text(best.get("datePublished") or best.get("dateCreated")),
        modified=_text(best.get("dateModified")),
        author=tidy(_text(best.get("author") or best.get("creator"))),
        section=tidy(_text(best.get("articleSection"))),
        publisher=tidy(_text(best.get("publisher"))) or publisher,
        crumb=tidy(crumb),
        body=_text(best.get("articleBody")),
        is_article=True,
        is_listing=is_listing and len(articles) > 3,
    )


def body_from_data(
    data: ArticleData, blocks: Sequence[Block], visible: Sequence[str]
) -> tuple[list[str], str]:
    """Return the paragraphs of `articleBody` and "", or none and the reason.

    Its text often comes without paragraphs, so where the page shows it, it only says which of the page's blocks
    belong to the article. Where the page shows no more than a beginning (`visible`, what the stripper found, is
    in it), its own text is taken. It is refused as a stub, or when the page does not agree with it.
    """
    text = unescape(_MARKUP.sub(" ", _PARAGRAPH_MARKUP.sub("\n", data.body)))
    whole = key(text)
    words = whole.count(" ") + 1
    if words < STUB_WORDS:
        return [], "articleBody is a stub" if whole else "no articleBody"
    found = [key(paragraph) for paragraph in visible]
    agreeing = sum(len(line) for line in found if line in whole)
    if agreeing >= _SHOWN_SHARE * len(whole) and sum(map(len, found)) >= _TEASER_RATIO * len(whole):
        return [], "the page shows far more than articleBody"
    paragraphs: list[str] = []
    taken = bytearray(len(whole))
    for block in blocks:
        if block.element.hidden:
            continue
        line = key(block.text)
        # Short lines (names, buttons) may stand in the text by chance; between its paragraphs they are its subheads.
        if not line or (block.words <= 3 and not paragraphs):
            continue
        start = whole.find(line)
        # Pages hold a text twice, for narrow and wide screens; the second copy may be parted otherwise.
        if start >= 0 and taken.count(1, start, start + len(line)) < _COPIED_SHARE * len(line):
            taken[start : start + len(line)] = b"\1" * len(line)
            paragraphs.append(block.text)
    covered = taken.count(1) + len(paragraphs)
    if covered >= _SHOWN_SHARE * len(whole):
        return paragraphs, ""
    if whole.find(whole[:_OPENING_CHARS], 1) > 0:
        return [], "articleBody holds its text twice"
    if found and agreeing >= _AGREEING_SHARE * sum(map(len, found)) and covered < 0.7 * len(whole):
        return [line for line in map(tidy, text.splitlines()) if line], ""
    return [], f"the page shows {100 * covered // len(whole)} % of articleBody"
