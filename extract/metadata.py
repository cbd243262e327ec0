"""What a page says about its article: title, author, section, dates, language, address, paper reprinted.

Sources in this order: the site's or theme's selectors for what they name, JSON-LD, meta elements, microdata and
`time` elements beside the heading, visible bylines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from extract.blocks import Block, read_blocks
from extract.characters import key, tidy
from extract.dates import find_date, parse_published
from extract.phrases import AUTHOR_CUE, MODIFIED_CUE, PUBLISHED_CUE
from extract.structured import ArticleData
from extract.urls import canonical_url, site_of

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "datepublished", "og:published_time", "publishdate", "publish-date", "publish_date",
    "pubdate", "published", "dc.date.issued", "dcterms.created", "dc.date", "dcterms.date", "date", "sailthru.date", "parsely-pub-date", "cxenseparse:recs:publishtime",
    "article.published", "date.created", "datecreated", "publication_date", "article_date_original",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "dcterms.modified",
    "lastmod",
)
_AUTHOR_META = (
    "author",
    "article:author",
    "dc.creator",
    "parsely-author",
    "byl",
    "sailthru.author",
    "dcterms.creator",
)
_SECTION_META = ("article:section", "og:article:section", "section", "articlesection", "parsely-section")
_SEPARATOR = re.compile(r"\s+[-–—|:•»·/]\s+|\s*[|»]\s*")
_REPRINT = re.compile(r"نشر في\s+(?P<name>.+?)\s+(?:يوم|بتاريخ)\s")
_BESIDE_HEADING = "[itemprop=datePublished], time[datetime], time[pubdate], time"
_RELATIVE = re.compile(r"منذ|مند|قبل|مضت|ago\b|il y a")
_LEVELS_TO_DATE = 5
_LEVELS_TO_AUTHOR = 4
_MAX_AUTHOR_CHARS = 80
_CUE_CHARS = 40  # at the beginning of a line, in which it says that an author is named
_GENERIC_AUTHORS = frozenset(
    ("admin", "administrator", "editor", "redaction", "rédaction", "webmaster", "www", "user")
)
MAX_TITLE_CHARS = 400
_MAX_URL_CHARS = 4_000  # an Arabic slug, percent-encoded, takes 1,000
_FEW_META = 8


@dataclass(frozen=True, slots=True)
class Selectors:
    """Selectors of a site's layout, then of a theme, for the fields that both may name."""

    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The machine-readable part of a page, read once."""

    meta: dict[str, str]
    """`property`, `name` or `itemprop` in lower case, to the first content."""
    data: ArticleData
    title_tag: str
    headings: tuple[tuple[LexborNode, str], ...]
    """The `h1` elements with their tidied texts."""
    language: str | None
    site_name: str


def read_head(tree: LexborHTMLParser, data: ArticleData) -> Head:
    """Read meta elements, the title tag and the first headings."""
    meta: dict[str, str] = {}
    # Microdata puts meta elements into the body too; they are asked for where the head says little.
    nodes = tree.head.css("meta") if tree.head is not None else []
    if len(nodes) < _FEW_META:
        nodes = tree.css("meta")
    for node in nodes:
        attributes = node.attributes
        content = attributes.get("content")
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        if content and name:
            meta.setdefault(name.lower(), content)
    title = (tree.head or tree).css_first("title")
    root = tree.root
    language = (root.attributes.get("lang") or root.attributes.get("xml:lang")) if root is not None else None
    headings = tuple((node, _heading_text(node)[:MAX_TITLE_CHARS]) for node in tree.css("h1")[:6])
    site_name = tidy(meta.get("og:site_name", "") or data.publisher)
    return Head(
        meta=meta,
        data=data,
        title_tag=tidy(title.text())[:MAX_TITLE_CHARS] if title is not None else "",
        headings=headings,
        language=language.replace("_", "-").partition("-")[0].lower() or None if language else None,
        site_name=site_name,
    )


def _heading_text(node: LexborNode) -> str:
    only = node.first_child
    if only is not None and only.next is None and only.is_text_node:
        return tidy(only.text_content or "")
    if node.css_first("svg, script, style") is not None:  # an icon has a title of its own
        return " ".join(block.text for block in read_blocks(node).blocks)
    return tidy(node.text())


def _first_text(tree: LexborHTMLParser | LexborNode, selectors: Iterable[str]) -> str:
    for selector in selectors:
        node = tree.css_first(selector)
        if node is not None:
            text = tidy(node.text(separator=" "))
            if text:
                return text
    return ""


def _without_site(title: str, site_name: str, site: str, known: str) -> str:
    """Cut `- name of the site` off (or in front of) a title. `known` is the key of another title of the page."""
    pieces = list(_SEPARATOR.finditer(title))
    if not pieces:
        return title
    site_keys = {key(site_name), key(site), key(site.split(".", maxsplit=1)[0])} - {""}
    while pieces:
        last, first = pieces[-1], pieces[0]
        head, tail = title[: last.start()], title[last.end() :]
        tail_key = key(tail)
        if tail_key in site_keys or (known and key(head) == known):
            title = head
        elif key(title[: first.start()]) in site_keys or (known and key(title[first.end() :]) == known):
            title = title[first.end() :]
        else:
            break
        pieces = list(_SEPARATOR.finditer(title))
    return title.strip()


def is_piece_of(line: str, title: str) -> bool:
    """Tell whether a line is what is left of a title when a name before or after a separator is cut off."""
    pieces = list(_SEPARATOR.finditer(title))
    return any(line in (title[: each.start()].strip(), title[each.end() :].strip()) for each in pieces)


def read_title(tree: LexborHTMLParser, head: Head, selectors: Selectors, site: str) -> str:
    """Return the article's title without the site's name; "" where the page has none."""
    chosen = _first_text(tree, selectors.title)
    if chosen:
        return chosen[:MAX_TITLE_CHARS]
    social = tidy(head.meta.get("og:title") or head.meta.get("twitter:title") or "")
    names = [text for text in (head.data.headline, social, head.title_tag) if text]
    for _, text in head.headings:
        if text and text in names and text != head.site_name:
            return text
    stated = [key(text) for text in names]
    # The site's name may be a heading too, and stand in the title tag; the article's heading is the longer one.
    matching = [
        (len(line_key), text)
        for line_key, text in ((key(text), text) for _, text in head.headings)
        if line_key and any(line_key in other for other in stated) and line_key != key(head.site_name)
    ]
    if matching:
        return max(matching, key=lambda each: each[0])[1]
    for _, text in head.headings:
        # A heading may be written a little otherwise than the meta title; most words in common will do.
        words = set(key(text).split())
        if len(words) > 3 and any(len(words & set(other.split())) > 0.6 * len(words) for other in stated):
            return text
    if head.data.headline:
        return _without_site(head.data.headline, head.site_name, site, "")
    if social:
        return _without_site(social, head.site_name, site, "")
    if head.title_tag:
        return _without_site(head.title_tag, head.site_name, site, "")
    return next((text for _, text in head.headings if text), "")


@dataclass(frozen=True, slots=True)
class Dates:
    """Publication and modification, with the string the first was read from."""

    published: datetime | None = None
    raw: str | None = None
    modified: datetime | None = None


def _dates_from(strings: Iterable[str], now: datetime | None) -> tuple[datetime, str] | None:
    for raw in strings:
        found = parse_published(raw, now=now)
        if found is not None:
            return found, raw.strip()
    return None


def _selected_dates(tree: LexborHTMLParser, selectors: Iterable[str]) -> Iterable[str]:
    for selector in selectors:
        node = tree.css_first(selector)
        if node is not None:
            yield from _dates_of(node)


def _dates_of(node: LexborNode) -> Iterable[str]:
    attributes = node.attributes
    for name in ("datetime", "content"):
        if value := attributes.get(name):
            yield value
    if text := tidy(node.text(separator=" ")):
        yield text


def _beside_heading(head: Head, title: str) -> Iterable[str]:
    """Yield the dates of `time` elements and microdata in the elements around the heading, nearest first."""
    node = next((node for node, text in head.headings if text == title), None)
    if node is None:
        title_key = key(title)
        node = next((node for node, text in head.headings if key(text) == title_key), None)
    for _ in range(_LEVELS_TO_DATE):
        node = node.parent if node is not None else None
        if node is None or node.tag in ("body", "html"):
            return
        found = node.css(_BESIDE_HEADING)
        for each in found[:3]:
            yield from _dates_of(each)
        if found:
            return


def read_dates(
    tree: LexborHTMLParser,
    head: Head,
    selectors: Selectors,
    *,
    title: str,
    around: Sequence[Block],
    now: datetime | None,
) -> Dates:
    """Read the dates. `around` are the short blocks near the beginning and the end of the body, nearest first."""
    meta = head.meta
    modified = _dates_from(
        [head.data.modified, *(meta[name] for name in _MODIFIED_META if name in meta)], now
    )
    machine = [head.data.published, *(meta[name] for name in _PUBLISHED_META if name in meta)]
    found = (
        _dates_from(machine, now)
        or _dates_from(_selected_dates(tree, selectors.date), now)
        or _dates_from(_beside_heading(head, title), now)
        or _dates_from(_visible(around), now)
    )
    if found is None:
        return Dates(modified=modified[0] if modified else None)
    return Dates(found[0], found[1], modified[0] if modified else None)


def _visible(around: Sequence[Block]) -> list[str]:
    """Sort date lines: those that say `published` first, those that say `updated` left out."""
    cued: list[str] = []
    plain: list[str] = []
    for line in (block.text for block in around):
        if find_date(line) is None and _RELATIVE.search(line) is None:
            continue
        line_key = key(line)
        if MODIFIED_CUE.match(line_key) is None or PUBLISHED_CUE.search(line_key) is not None:
            (cued if PUBLISHED_CUE.match(line_key) else plain).append(line)
    return cued + plain


def read_author(
    tree: LexborHTMLParser, head: Head, selectors: Selectors, site: str, around: Sequence[Block]
) -> str | None:
    """Return the author's name; None where only the site or a machine name is given."""
    for candidate in _authors(tree, head, selectors, around):
        name = tidy(candidate)
        if not name:
            continue
        name_key = key(name)
        cue = AUTHOR_CUE.match(name_key)
        if cue is not None and len(name_key.split()) > 1:
            name = name.partition(":")[2].strip() if ":" in name else name.split(maxsplit=1)[1]
            name_key = key(name)
        if not name or len(name) > _MAX_AUTHOR_CHARS or "://" in name or "@" in name:
            continue
        if name_key in _GENERIC_AUTHORS:
            continue
        if name_key in (key(head.site_name), key(site), key(site.split(".", maxsplit=1)[0])):
            continue
        return name
    return None


def _authors(
    tree: LexborHTMLParser, head: Head, selectors: Selectors, around: Sequence[Block]
) -> Iterator[str]:
    yield _first_text(tree, selectors.author)
    yield head.data.author
    yield from (head.meta[name] for name in _AUTHOR_META if name in head.meta)
    yield from (
        block.text for block in around if ":" in block.raw and AUTHOR_CUE.match(key(block.text[:_CUE_CHARS]))
    )
    # Far from the heading it is the author of another article.
    node = head.headings[0][0] if head.headings else None
    for _ in range(_LEVELS_TO_AUTHOR):
        above = node.parent if node is not None else None
        if above is None or above.tag in ("body", "html"):
            break
        node = above
    yield _first_text(node or tree, ("[rel=author], [itemprop=author]",))


def read_section(tree: LexborHTMLParser, head: Head, selectors: Selectors, title: str) -> str | None:
    """Return the section the page names."""
    candidates = [
        _first_text(tree, selectors.section),
        *(head.meta[name] for name in _SECTION_META if name in head.meta),
    ]
    candidates += [head.data.section, head.data.crumb]
    for candidate in candidates:
        name = tidy(candidate)
        if name and len(name) <= 60 and name != title and key(name) != key(title):
            return name
    return None


def read_source(tree: LexborHTMLParser, selectors: Selectors) -> str | None:
    """Return the newspaper that an aggregator reprints."""
    for selector in selectors.source:
        node = tree.css_first(selector)
        if node is None:
            continue
        text = tidy(node.text(separator=" "))
        match = _REPRINT.search(text + " ")
        if match is not None:
            return match["name"]
        if text and find_date(text) is None and len(text) <= 60:
            return text
    return None


def read_canonical(tree: LexborHTMLParser, head: Head, url: str) -> str:
    """Return the canonical URL: the page's own link where it stays on the site and names more than the home page."""
    own = canonical_url(url) if url else ""
    node = (tree.head or tree).css_first("link[rel=canonical]")
    stated = (
        (node.attributes.get("href") if node is not None else None) or head.meta.get("og:url") or ""
    ).strip()
    if not stated or len(stated) > _MAX_URL_CHARS:
        return own
    found = canonical_url(stated, base=url or None)
    if not found.startswith(("http://", "https://")):
        return own
    if not own.startswith(("http://", "https://")):
        return found
    same_site = site_of(found) == site_of(own)
    home = urlsplit(found).path in ("", "/") and not urlsplit(found).query
    if not same_site or (home and urlsplit(own).path != "/"):
        return own
    return found
