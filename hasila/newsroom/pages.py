"""From a request's path and query to the page that a site answers with."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from hashlib import sha256
from html import escape
from urllib.parse import parse_qs, quote_plus, unquote, urlsplit

from hasila.newsroom.content import Route, Site, Story

_STRONG = re.compile(r"\*\*(.+?)\*\*")
_NUMBER = re.compile(r"[0-9]{1,9}")
_FEW = 4
"""Stories in a box beside or below another one."""


@dataclass(frozen=True)
class Answer:
    """A response before it is put on the wire."""

    status: int
    content_type: str
    body: bytes
    last_modified: datetime | None = None
    """None where the server does not say."""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def etag(self) -> str:
        """A strong validator (RFC 9110, section 8.8.3)."""
        return f'"{sha256(self.body).hexdigest()[:20]}"'


def answer(site: Site, target: str) -> Answer:
    """The page at `target`, a path with an optional query; the theme's own 404 page where there is none."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    for route in site.engine.routes:
        match = route.pattern.fullmatch(path)
        if match and all(query.get(key) == value for key, value in route.query.items()):
            found = _follow(site, route, {**query, **match.groupdict()}, path)
            if found:
                return found
            if route.query:
                break  # a feed that has no such page is no page of another kind
    body = site.engine.templates.render("404.html", {**_furniture(site), "path": path})
    return Answer(404, "text/html; charset=UTF-8", body.encode())


def _follow(site: Site, route: Route, asked: Mapping[str, str], path: str) -> Answer | None:
    """The page of one route, or None where it has nothing under what was asked for."""
    context: dict[str, object] = {**_furniture(site), "path": path}
    headers: dict[str, str] = {}
    fields = route.pattern.groupindex
    stories = [story for story in site.stories if all(_has(story, name, asked[name]) for name in fields)]
    if "slug" in fields or "id" in fields:
        if not stories:
            return None
        context |= _story_page(site, stories[0])
    else:
        known = {"section": site.sections, "paper": site.papers}
        if any(asked[name] not in known[name] for name in fields if name in known):
            return None
        search = asked.get("s") or asked.get("search") or ""
        after = _moment(asked.get("after"))
        stories = [
            story
            for story in stories
            if story.contains(search) and (after is None or story.published >= after)
        ]
        number, size = asked.get("page") or asked.get("paged") or "1", asked.get("per_page", "")
        if not _NUMBER.fullmatch(number):
            return None
        page = int(number)
        page_size = min(int(size), 100) if _NUMBER.fullmatch(size) and int(size) else route.page_size
        pages = [stories[start : start + page_size] for start in range(0, len(stories), page_size)]
        if not 1 <= page <= max(len(pages), 1):
            return _no_such_page(route)
        headers = (
            {"X-WP-Total": str(len(stories)), "X-WP-TotalPages": str(len(pages))} if _is_json(route) else {}
        )
        stories = pages[page - 1] if pages else []
        context |= _list_page(site, stories, page, pages) | {
            "search": search,
            "search_query": quote_plus(search),
            "heading": site.sections.get(asked.get("section", "")) or site.papers.get(asked.get("paper", "")),
            "category": asked.get("section", ""),
            "base": re.sub(r"/?page/\d+/?$|/$", "", path),
        }
    body = site.engine.templates.render(route.template, context).encode()
    changed = max((story.last_change for story in stories), default=None)
    return Answer(200, route.content_type, body, changed, headers)


def _is_json(route: Route) -> bool:
    return route.content_type.startswith("application/json")


def _no_such_page(route: Route) -> Answer | None:
    """WordPress' interface answers 400 to a page beyond the last one; anything else is the theme's 404 page."""
    if not _is_json(route):
        return None
    said = {
        "code": "rest_post_invalid_page_number",
        "message": "رقم الصفحة المطلوب أكبر من عدد الصفحات المتاحة.",
    }
    return Answer(400, route.content_type, json.dumps({**said, "data": {"status": 400}}).encode())


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _has(story: Story, name: str, value: str) -> bool:
    match name:
        case "slug":
            return unquote(story.url).endswith(f"/{value}/")
        case "id":
            return story.id == int(value)
        case "section":
            return story.section == value
        case "paper":
            return story.paper == value
    return True


def _story_page(site: Site, story: Story) -> dict[str, object]:
    place = site.stories.index(story)
    newer, older = site.stories[:place], site.stories[place + 1 :]
    same = [other for other in site.stories if other.section == story.section and other is not story]
    others = [other for other in older[1:] + newer if other not in same]
    following = (older or newer)[:1]
    return {
        "story": _view(site, story),
        "newer": [_view(site, other) for other in newer[-1:]],
        "older": [_view(site, other) for other in older[:1]],
        "related": [_view(site, other) for other in [*same, *others][:_FEW]],
        "autoloaded": [_view(site, other) for other in following],
    }


def _list_page(
    site: Site, stories: Sequence[Story], page: int, pages: Sequence[Sequence[Story]]
) -> dict[str, object]:
    return {
        "stories": [
            {**_view(site, story), "is_last": place == len(stories)}
            for place, story in enumerate(stories, start=1)
        ],
        "also_listed": [{"url": site.url + path} for path in site.also_listed],
        "page": page,
        "previous_page": page - 1,
        "next_page": page + 1 if page < len(pages) else 0,
        "pages": [
            {
                "number": number,
                "is_current": number == page,
                "last_change": max(story.last_change for story in chunk).astimezone(UTC).isoformat(),
            }
            for number, chunk in enumerate(pages, start=1)
        ],
    }


def _furniture(site: Site) -> dict[str, object]:
    """What stands around the content of every page."""
    return {
        "site": {"name": site.name, "host": site.host, "url": site.url, "tagline": site.tagline},
        "today": site.engine.write_date(site.today, with_weekday=True),
        "today_iso": site.today.isoformat(),
        "today_rfc": _rfc(datetime.combine(site.today, datetime.min.time(), UTC)),
        "sections": [
            {
                "slug": slug,
                "name": name,
                "url": site.section_url(slug),
                "latest": [_view(site, story) for story in site.stories if story.section == slug][:_FEW],
            }
            for slug, name in site.sections.items()
        ],
        "ticker": site.ticker,
        "footer": site.footer,
        "latest": [_view(site, story) for story in site.stories[:_FEW]],
        "popular": [_view(site, story) for story in sorted(site.stories, key=_popularity)[:_FEW]],
    }


def _popularity(story: Story) -> tuple[bool, int]:
    """Headlines with figures draw readers: they come first in the box."""
    return not re.search(r"\d", story.title), -story.id


def _view(site: Site, story: Story) -> dict[str, object]:
    """A story as the templates see it."""
    paragraphs = [
        {
            "text": text,
            "html": _STRONG.sub(r"<strong>\1</strong>", escape(marked)),
            "is_first": place == 0,
            "is_middle": place == len(story.paragraphs) // 2,
        }
        for place, (text, marked) in enumerate(zip(story.paragraphs, story.marked_paragraphs, strict=True))
    ]
    half = (len(paragraphs) + 1) // 2
    texts = {
        "url": story.url,
        "path": story.url.removeprefix(site.url),
        "title": story.title,
        "lead": story.paragraphs[0],
        "author": story.author,
        "author_query": quote_plus(story.author),
        "section_name": site.sections[story.section],
        "published": _iso(story.published),
        "modified": _iso(story.last_change),
        "published_gmt": _gmt(story.published),
        "modified_gmt": _gmt(story.last_change),
    }
    return {
        **texts,
        "json": {
            name: json.dumps(text, ensure_ascii=False).replace("<", "\\u003c") for name, text in texts.items()
        },
        "id": story.id,
        "section": story.section,
        "section_url": site.section_url(story.section),
        "paper": story.paper,
        "paper_name": site.papers.get(story.paper or ""),
        "date": _day(site, story.published),
        "published_rfc": _rfc(story.published),
        "paragraphs": paragraphs,
        "parts": [{"paragraphs": part} for part in (paragraphs[:half], paragraphs[half:]) if part],
        "comments": [
            {"author": comment.author, "text": comment.text, "date": _day(site, comment.published)}
            for comment in story.comments
        ],
        "comment_count": len(story.comments),
    }


def _day(site: Site, moment: date) -> str:
    return site.engine.write_date(moment)


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _gmt(moment: datetime) -> str:
    """As WordPress writes moments in UTC: without a zone."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat()


def _rfc(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))
