"""One page in, one article out: decoding, the ways to find the body in their order, metadata, page kinds."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from extract.blocks import Block, Reading, read_blocks
from extract.characters import count_words, key, tidy
from extract.decoding import Decoded, decode
from extract.dumps import extract_text_dump
from extract.explain import Explanation, Trace
from extract.hostile import MAX_BYTES, scan
from extract.kinds import (
    MIN_STATED_WORDS,
    MIN_WORDS,
    SHORT_WORDS,
    by_phrases,
    by_status,
    listing_reason,
    without_text,
)
from extract.metadata import (
    Head,
    Selectors,
    is_piece_of,
    read_author,
    read_canonical,
    read_dates,
    read_head,
    read_section,
    read_source,
    read_title,
)
from extract.records import Article, Extraction, Layout, Method, NotArticle, Page, PageKind
from extract.stripper import Stripped, clean, strip
from extract.structured import body_from_data, read_article_data
from extract.themes import Theme, recognise, theme_named
from extract.urls import site_of

ALL_METHODS: frozenset[Method] = frozenset(Method)
_MARKUP = re.compile(
    rb"<(?:!--|(?:!doctype|\?xml|html|head|body|div|p|article|section|main|table|meta|link|title|script|style|span|br|h[1-6]|ul|form)\b)",
    re.IGNORECASE,
)
_SELF_CLOSED = re.compile(rb"<(script|style|iframe|textarea|title)\b[^<>]*/>", re.IGNORECASE)
_TEMPLATE_TAG = re.compile(rb"</?template\b[^<>]*>", re.IGNORECASE)
_NOSCRIPT_TAG = re.compile(rb"</?(?:noscript|noframes|frameset|frame)\b[^<>]*>", re.IGNORECASE)
_MARKUP_REACH = 20_000  # bytes within which a page of markup shows its first tag
_LINES_BEFORE, _LINES_AFTER = 12, 4
_STALE_RATIO = 2.5
_MAY_BE_CLOSED = frozenset((PageKind.EMPTY, PageKind.GALLERY, PageKind.LISTING))
_BYLINE_WORDS = 25
_MANY_P, _LEAST_P = 3, 6  # `p` elements on a page that uses them for its text; words in one that is text


@dataclass(frozen=True, slots=True)
class _Found:
    method: Method
    paragraphs: list[str]
    share: float
    stripped: Stripped | None = None
    """What the stripper found, where it was asked."""


def extract_page(
    page: Page, *, layout: Layout | None = None, methods: Collection[Method] = ALL_METHODS
) -> Extraction:
    """Read the article of a page, or say what the page is instead. Never raises for what a page holds.

    `layout` are the site's own selectors; a layout whose `valid_until` lies before the fetch is not used.
    `methods` leaves out ways to find the body, for measuring them. Raises `ThemeError` for a layout that
    names a theme that does not exist.
    """
    return _extract(page, layout, methods, None)


def explain_page(
    page: Page, *, layout: Layout | None = None, methods: Collection[Method] = ALL_METHODS
) -> Explanation:
    """Do what `extract_page` does and say why: the methods tried, the blocks kept and dropped."""
    trace = Trace()
    result = _extract(page, layout, methods, trace)
    return Explanation(
        result=result, encoding=trace.encoding, attempts=trace.account(), blocks=tuple(trace.blocks)
    )


def _extract(
    page: Page, layout: Layout | None, methods: Collection[Method], trace: Trace | None
) -> Extraction:
    url = page.url

    def refuse(kind: PageKind, reason: str) -> NotArticle:
        return NotArticle(url=url, kind=kind, reason=reason)

    judged = by_status(page.status)
    if judged is not None:
        return refuse(*judged)
    if not page.body or page.body.isspace():
        return refuse(PageKind.EMPTY, "the page has no bytes" if not page.body else "the page is blank")
    decoded = decode(page)
    if decoded is None:
        return refuse(PageKind.NOT_TEXT, "the bytes are no text in any encoding")
    if trace is not None:
        trace.encoding = decoded.encoding
    if _MARKUP.search(decoded.utf8, 0, _MARKUP_REACH) is None:
        return extract_text_dump(decoded.text, url=url, trace=trace)
    tree = _parse(decoded)
    if isinstance(tree, str):
        return refuse(PageKind.HOSTILE, tree)
    if (
        layout is not None
        and layout.valid_until
        and page.fetched_at
        and page.fetched_at >= layout.valid_until
    ):
        layout = None
    found = _Reader(page, tree, layout, methods, trace).read()
    if isinstance(found, NotArticle) and found.kind in _MAY_BE_CLOSED:
        opened = _opened(decoded.utf8)
        if opened is not None:
            if trace is not None:
                trace.attempts.clear()
                trace.blocks.clear()
            again = _Reader(page, _tree(opened), layout, methods, trace).read()
            read = isinstance(again, Article) and (
                found.kind is PageKind.EMPTY or count_words(again.body) >= SHORT_WORDS
            )
            return again if read else found
    return found


def _opened(utf8: bytes) -> bytes | None:
    """Return a copy of a page that shows nothing in which text is shown that browsers show in special ways.

    That is what stands in the shadow of an element (`<template shadowrootmode>`), what is for readers without
    scripts, and what follows a `<script/>` of XHTML, which in HTML would begin a script that never ends. None where
    the page has nothing of the kind.
    """
    copy = _SELF_CLOSED.sub(rb"<\1></\1>", utf8)
    if b"shadowroot" in copy:
        copy = _TEMPLATE_TAG.sub(b"", copy)
    copy = _NOSCRIPT_TAG.sub(b"", copy)
    return copy if len(copy) != len(utf8) and scan(copy) is None else None


def _parse(decoded: Decoded) -> LexborHTMLParser | str:
    """Parse a page, hostile ones in a flattened copy; a string says why not."""
    reason = scan(decoded.utf8)
    if reason is None:
        return _tree(decoded.utf8)
    if len(decoded.utf8) > MAX_BYTES:
        return reason
    from extract.last_resort import flatten  # noqa: PLC0415 - slow to import and rarely needed

    flat = flatten(decoded.text)
    return _tree(flat) if flat is not None else reason


def _tree(html: bytes | str) -> LexborHTMLParser:
    """Parse as a browser with scripts does: else a `noscript` in the head would end it before its meta elements."""
    return LexborHTMLParser(html, options=LexborDocumentOptions.WO_EVENTS, scripting=True)


class _Reader:
    """The steps for one parsed page, with what they share."""

    def __init__(
        self,
        page: Page,
        tree: LexborHTMLParser,
        layout: Layout | None,
        methods: Collection[Method],
        trace: Trace | None,
    ) -> None:
        self.page = page
        self.tree = tree
        self.layout = layout or Layout()
        self.methods = methods
        self.trace = trace
        self.head: Head = read_head(tree, read_article_data(tree))
        self.theme = self._recognise()
        self.site = site_of(page.url)
        self._reading: Reading | None = None

    def read(self) -> Extraction:
        page, tree, head = self.page, self.tree, self.head
        selectors = self._selectors()
        title = read_title(tree, head, selectors, self.site)
        found = self._find_body(key(title))
        title = self._plain_title(title)
        words = _words(found.paragraphs)
        refusal = self._judge(found, words)
        if refusal is not None:
            return refusal
        around = self._around(found.stripped)
        dates = read_dates(tree, head, selectors, title=title, around=around, now=page.fetched_at)
        return Article(
            url=page.url,
            canonical=read_canonical(tree, head, page.url),
            site=self.site,
            title=title,
            body="\n".join(found.paragraphs),
            method=found.method,
            author=read_author(tree, head, selectors, self.site, around),
            section=read_section(tree, head, selectors, title),
            published_at=dates.published,
            published_raw=dates.raw,
            modified_at=dates.modified,
            source_name=read_source(tree, selectors),
            theme=self.theme.name if self.theme else None,
            language=head.language,
        )

    @property
    def reading(self) -> Reading:
        """All text of the page, read when first asked for."""
        if self._reading is None:
            root = self.tree.body or self.tree.root
            self._reading = read_blocks(root) if root is not None else Reading([], [])
        return self._reading

    @property
    def blocks(self) -> list[Block]:
        """All blocks of the page."""
        return self.reading.blocks

    def _judge(self, found: _Found, words: int) -> NotArticle | None:
        head, url = self.head, self.page.url
        stated = head.data.is_article or head.meta.get("og:type") == "article"
        judged = None
        if words < (MIN_WORDS if stated else SHORT_WORDS):
            judged = by_phrases(self.tree, head, self.blocks, found.paragraphs, words)
        if judged is None:
            if words < (MIN_STATED_WORDS if stated else MIN_WORDS):
                judged = without_text(self.tree, self.blocks, words, themed=self.theme is not None)
            elif found.method in (Method.STRIPPER, Method.THEME):
                reason = listing_reason(
                    self.tree,
                    head,
                    paragraphs=found.paragraphs,
                    words=words,
                    share=found.share,
                    url=url,
                    judge_headings=found.method is Method.STRIPPER,
                )
                judged = (PageKind.LISTING, reason) if reason else None
        return NotArticle(url=url, kind=judged[0], reason=judged[1]) if judged else None

    def _recognise(self) -> Theme | None:
        if self.layout.theme:
            return theme_named(self.layout.theme)
        if Method.THEME not in self.methods:
            return None
        return recognise(self.tree, self.head.meta.get("generator", ""))

    def _selectors(self) -> Selectors:
        layout, theme = self.layout, self.theme
        if theme is None:
            return Selectors(
                title=layout.title, date=layout.date, author=layout.author, section=layout.section
            )
        return Selectors(
            title=layout.title + theme.title,
            date=layout.date + theme.date,
            author=layout.author + theme.author,
            section=layout.section + theme.section,
            source=theme.source,
        )

    def _find_body(self, title_key: str) -> _Found:
        """Try the ways in their order; the last, the stripper, always answers."""
        layout, theme = self.layout, self.theme
        if layout.body and Method.SITE in self.methods:
            drop = ", ".join((*layout.drop, *([theme.drop] if theme and theme.drop else [])))
            paragraphs = self._selected(layout.body, drop, first_only=False, title_key=title_key)
            if self._note(Method.SITE, paragraphs, "the site's selectors"):
                return _Found(Method.SITE, paragraphs, 1.0)
        elif self.trace is not None:
            self.trace.skip(Method.SITE, "no selectors of the site are known")
        if theme is not None and Method.THEME in self.methods:
            drop = ", ".join(part for part in (theme.drop, *layout.drop) if part)
            paragraphs = self._selected(theme.body, drop, first_only=theme.first_only, title_key=title_key)
            accepted = self._note(Method.THEME, paragraphs, f"theme {theme.name}")
            if accepted and (
                _words(paragraphs) >= SHORT_WORDS or not self._much_longer(paragraphs, title_key)
            ):
                return _Found(Method.THEME, paragraphs, 1.0)
            if accepted and self.trace is not None:
                self.trace.attempt(
                    Method.THEME, accepted=False, reason=f"theme {theme.name}: the page shows far more text"
                )
        elif self.trace is not None:
            self.trace.skip(Method.THEME, "no theme recognised")
        stripped = self._strip(title_key, self.trace)
        if Method.STRUCTURED in self.methods and self.head.data.body:
            paragraphs, reason = body_from_data(self.head.data, self.blocks, stripped.paragraphs)
            if self.trace is not None:
                self.trace.attempt(
                    Method.STRUCTURED, bool(paragraphs), reason or "the page shows its articleBody"
                )
            if paragraphs:
                return _Found(Method.STRUCTURED, paragraphs, stripped.share, stripped)
        elif self.trace is not None:
            self.trace.skip(Method.STRUCTURED, "no articleBody in the page's JSON-LD")
        if self.trace is not None:
            self._note(Method.STRIPPER, stripped.paragraphs, f"prose score {stripped.score:.1f}")
        return _Found(Method.STRIPPER, stripped.paragraphs, stripped.share, stripped)

    def _plain_title(self, title: str) -> str:
        """Cut the site's name off a title tag where the rest of it stands on the page as a line of its own."""
        if self._reading is None or (
            self.head.headings and any(text == title for _, text in self.head.headings)
        ):
            return title
        title_key = key(title)
        for block in self._reading.blocks:
            if 3 <= block.words <= 40 and not block.link_chars:
                line = key(block.text)
                if line != title_key and len(line) > len(title_key) // 2 and is_piece_of(block.text, title):
                    return block.text
        return title

    def _strip(self, title_key: str, trace: Trace | None = None) -> Stripped:
        if trace is not None:
            trace.blocks.clear()  # what a theme made of its part of the page was not taken
        return strip(self.reading, title_key, trace)

    def _much_longer(self, paragraphs: Sequence[str], title_key: str) -> bool:
        """Tell whether the stripper finds so much more than a theme that the theme's selectors must have gone stale."""
        enough = max(SHORT_WORDS, _STALE_RATIO * _words(paragraphs))
        loose = [len(node.text().split()) for node in self.tree.css("p")]
        if len(loose) >= _MANY_P and sum(count for count in loose if count >= _LEAST_P) < enough:
            return False  # a cheap look suffices: the page has paragraphs, and not enough of them
        found = _words(self._strip(title_key).paragraphs)
        self.reading.forget()
        return found >= enough

    def _note(self, method: Method, paragraphs: Sequence[str], what: str) -> bool:
        words = _words(paragraphs)
        accepted = words >= MIN_WORDS
        if self.trace is not None:
            self.trace.attempt(method, accepted, f"{what}: {words} words in {len(paragraphs)} paragraphs")
        return accepted

    def _selected(
        self, selectors: Sequence[str], drop: str, *, first_only: bool, title_key: str
    ) -> list[str]:
        """Return the paragraphs under the first selector that matches something with text in it."""
        for selector in selectors:
            nodes = _outermost(self.tree.css(selector))
            if first_only:
                nodes = nodes[:1]
            paragraphs: list[str] = []
            for node in nodes:
                out = node.css(drop) if drop else []
                dropped = {each.mem_id for each in out}
                paragraphs += clean(read_blocks(node, dropped), title_key, self.trace)
                if self.trace is not None:
                    for each in out:
                        if text := tidy(each.text(separator=" ")):
                            self.trace.block(text, False, 0.0, "dropped by its selector")
            if paragraphs:
                return paragraphs
        return []

    def _around(self, stripped: Stripped | None) -> list[Block]:
        """Return the short blocks near the body, nearest first, for dates and bylines that stand in plain text."""
        if stripped is None:
            return []
        blocks, start, end = self.blocks, stripped.start, stripped.end
        near = (
            blocks[max(0, start - _LINES_BEFORE) : start][::-1]
            + blocks[start : start + 2]
            + blocks[end : end + _LINES_AFTER]
        )
        return [block for block in near if block.words <= _BYLINE_WORDS]


def _words(paragraphs: Sequence[str]) -> int:
    return sum(map(count_words, paragraphs))


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    """Drop matches inside other matches, so that no text is read twice."""
    if len(nodes) < 2:
        return nodes
    ids = {node.mem_id for node in nodes}
    kept = []
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in ids:
            parent = parent.parent
        if parent is None:
            kept.append(node)
    return kept
