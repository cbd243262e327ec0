"""Articles from elsewhere, one JSON object a line, read by the same rules as those that were crawled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from crawler.process import Processed
from extract.dates import day_of, parse_published
from extract.records import Article, Method
from extract.urls import canonical_url, site_of
from hasila.documents import BrokenLine
from rules import extract_claims, relevance, sentences

LONGEST_LINE = 16 << 20
"""Bytes of a line; a longer one is no article."""


def read_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, Article, str | None] | BrokenLine]:
    """Yield for every line that is not blank its number, the article and a date that could not be read, or what is wrong.

    Lines are `{"url", "title", "published", "text"}`, of which only `text` is needed.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            article, unread = _article(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)
        except ValueError as error:
            yield BrokenLine(number=number, reason=str(error))
        else:
            yield number, article, unread


def _article(line: bytes) -> tuple[Article, str | None]:
    """The article of a line; raises ValueError with what is wrong in one line."""
    if len(line) > LONGEST_LINE:
        raise ValueError(f"is longer than {LONGEST_LINE >> 20} MiB")
    try:
        value = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError(f"is no UTF-8 (byte {error.start})") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON ({error.msg})") from None
    except RecursionError:
        raise ValueError("is no JSON (nested too deeply)") from None
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")
    text, url = _string(value, "text"), _string(value, "url").strip()
    body = "\n".join(filter(None, (part.strip() for part in text.replace("\0", "").splitlines())))
    if not body:
        raise ValueError('"text" is missing')
    if url:
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ValueError('"url" is no address') from None
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError('"url" is no address of the web')
    raw = _string(value, "published").strip()
    published = parse_published(raw) if raw else None
    return (
        Article(
            url=url,
            canonical=canonical_url(url) if url else "",
            site=site_of(url) if url else "",
            title=" ".join(_string(value, "title").split()),
            body=body,
            method=Method.STRUCTURED,  # as given in data, not found in a page
            published_at=published,
            published_raw=raw or None,
        ),
        raw if raw and published is None else None,
    )


def _string(value: dict[str, Any], key: str) -> str:
    found = value.get(key)
    if found is not None and not isinstance(found, str):
        raise ValueError(f'"{key}" is no string')
    try:
        (found or "").encode()
    except UnicodeEncodeError:
        raise ValueError(f'"{key}" is no Unicode (it holds half a pair of surrogates)') from None
    return found or ""


def read_claims(article: Article) -> Processed:
    """What the rules find in an article."""
    published = day_of(article.published_at) if article.published_at else None
    return Processed(
        extraction=article,
        relevance=relevance(article.title, article.body),
        claims=tuple(extract_claims(article.body, title=article.title, published=published)),
        sentences=tuple(sentences(article.body)),
    )
