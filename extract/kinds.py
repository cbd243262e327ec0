"""What a page is that is no article: listing, gallery, challenge, wall, error page, empty shell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from selectolax.lexbor import LexborHTMLParser

from extract.blocks import Block
from extract.characters import key
from extract.metadata import Head
from extract.records import PageKind

SHORT_WORDS = 120
"""A page with a longer body is not judged by its phrases: an article may be about a login or a 404."""
MIN_WORDS = 20
"""Fewer words than this are no article, unless the page itself calls them one."""
MIN_STATED_WORDS = 8
"""The least for a page whose metadata calls it an article."""

_ORDER = (PageKind.CHALLENGE, PageKind.SOFT_404, PageKind.LOGIN_WALL, PageKind.COOKIE_WALL, PageKind.EMPTY)
_LISTING_CLASS = re.compile(
    r"(?:^|\s)(?:home|blog|archive|category|tag|author|search|search-results|date|tax-\w+|term-\w+|post-type-archive|front|path-frontpage|page-taxonomy\w*|path-taxonomy)(?:$|\s)"
)
_LISTING_PATH = re.compile(
    r"/(?:category|categories|tag|tags|topics?|section|author|search|page/\d+|archives?|rubrique|recherche)(?:/|$)|/index\.\d+\.html$"
)
_LISTING_QUERY = frozenset(("s", "q", "query", "search", "paged", "cat", "tag", "keyword"))
_TEASER = re.compile(r"(?:…|\.\.\.)(?:\]|\s*\S+(?: \S+)?)?$")
_HEADLINE_LEAST = 4  # words in a link that is a headline
_LISTED_LEAST = 5  # headlines on a page without text that make it a list
_CERTAIN = 4.0  # what speaks for an article when nothing needs to be held against it
_HEADINGS_WEIGHT = 1.0
_LINKED_HEADINGS = 8
_TEASER_REACH = 30  # characters at the end of a paragraph that may be `… اقرأ المزيد`


@dataclass(frozen=True, slots=True)
class _Signs:
    phrases: tuple[str, ...]
    marks: str

    def find(self, text: str) -> str | None:
        """Return the phrase that stands in a folded text as whole words."""
        padded = f" {text} "
        return next((phrase for phrase in self.phrases if f" {phrase} " in padded), None)


def _load() -> dict[PageKind, _Signs]:
    data = tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8"))
    signs = {}
    for kind in _ORDER:
        phrases = tuple(key(phrase) for phrase in data[kind.value]["phrases"])
        signs[kind] = _Signs(phrases, ", ".join(data[kind.value]["marks"]))
    return signs


_SIGNS = _load()


def by_status(status: int) -> tuple[PageKind, str] | None:
    """Judge a page by its HTTP status: an error's body is never an article."""
    if status < 400:
        return None
    kind = (
        PageKind.LOGIN_WALL
        if status in (401, 402)
        else PageKind.CHALLENGE
        if status in (403, 429, 503)
        else PageKind.SOFT_404
    )
    return kind, f"status {status}"


def by_phrases(
    tree: LexborHTMLParser, head: Head, blocks: Sequence[Block], paragraphs: Sequence[str], body_words: int
) -> tuple[PageKind, str] | None:
    """Judge a page with little text by what its title, its heading and its text say.

    Where a body was found, only that is asked: a cookie banner may stand on any page.
    """
    titles = key(" ".join([head.title_tag, *(text for _, text in head.headings)]))
    shown = paragraphs if body_words >= MIN_WORDS else [block.text for block in blocks[:60]]
    text = key(" ".join(shown))
    for kind in _ORDER:
        signs = _SIGNS[kind]
        if (said := signs.find(titles)) is not None:
            return kind, f"the title says “{said}”"
        if (said := signs.find(text)) is not None:
            return kind, f"the page says “{said}”"
        if signs.marks and body_words < MIN_WORDS and tree.css_first(signs.marks) is not None:
            return kind, "its markup is that of such pages"
    return None


def _is_teaser(paragraph: str) -> bool:
    end = paragraph[-_TEASER_REACH:]
    return ("…" in end or "..." in end) and _TEASER.search(end) is not None


def listing_reason(
    tree: LexborHTMLParser,
    head: Head,
    *,
    paragraphs: Sequence[str],
    words: int,
    share: float,
    url: str,
    judge_headings: bool,
) -> str:
    """Weigh what speaks for a list of articles against what speaks for one; "" where one article wins.

    `judge_headings` counts linked headings too: where a theme's markup has held the article they are neighbours.
    """
    teasers = sum(map(_is_teaser, paragraphs))
    against = 0.0
    if head.data.is_article and not head.data.is_listing:
        against += 1.5
    if head.meta.get("og:type") == "article" or "article:published_time" in head.meta:
        against += 1.5
    if words >= SHORT_WORDS and not teasers:
        against += 1.0
    if words >= 60:
        against += 0.5
    if against >= _CERTAIN:
        return ""
    body = tree.body
    names = (body.attributes.get("class") or "") if body is not None else ""
    signs: list[tuple[float, str]] = []
    if _LISTING_CLASS.search(names) and "single" not in names:
        signs.append((2.5, "the body's class"))
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.netloc and (parts.path in ("", "/") and not parts.query):
        signs.append((2.0, "a home page's address"))
    elif _LISTING_PATH.search(parts.path) or any(
        name in _LISTING_QUERY for name, _ in parse_qsl(parts.query)
    ):
        signs.append((1.5, "a listing's address"))
    if head.data.is_listing:
        signs.append((1.5, "schema.org calls it a list"))
    if head.meta.get("og:type") == "website":
        signs.append((0.5, "og:type website"))
    if teasers >= 3 and teasers >= 0.4 * len(paragraphs):
        signs.append((2.0, f"{teasers} teasers"))
    if share < 0.35:
        signs.append((1.0, f"{100 * share:.0f} % of the page's prose in the body"))
    weight = sum(weight for weight, _ in signs)
    enough = 1.5 + against
    if judge_headings and weight <= enough < weight + _HEADINGS_WEIGHT:
        linked = len(tree.css("h2 a, h3 a, h4 a, h5 a"))
        if linked >= _LINKED_HEADINGS:
            signs.append((_HEADINGS_WEIGHT, f"{linked} linked headings"))
            weight += _HEADINGS_WEIGHT
    return ", ".join(name for _, name in signs) if weight > enough else ""


def without_text(
    tree: LexborHTMLParser, blocks: Sequence[Block], words: int, *, themed: bool
) -> tuple[PageKind, str]:
    """Judge a page that has too few words for an article. `themed`: it has the markup of an article's page."""
    anchors = [len(node.text().split()) for node in tree.css("a")]
    page_words = sum(block.words for block in blocks) + sum(anchors)
    if page_words < MIN_WORDS:
        return PageKind.EMPTY, f"{page_words} words on the page"
    media = len(
        tree.css(
            "video, audio, iframe[src*=youtu], iframe[src*=vimeo], iframe[src*=dailymotion], iframe[src*=facebook], .gallery img, [class*=gallery] img, [class*=video-player]"
        )
    )
    headlines = sum(count >= _HEADLINE_LEAST for count in anchors)
    if media:
        return PageKind.GALLERY, f"{words} words beside {media} pictures or players"
    if themed:
        return PageKind.GALLERY, f"an article's markup with {words} words in it"
    if headlines >= _LISTED_LEAST:
        return PageKind.LISTING, f"{words} words of running text, {headlines} linked headlines"
    return PageKind.EMPTY, f"{words} words of running text"
