"""What a newsroom holds: sites, the engine each runs on, and stories, read from TOML."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

from hasila.newsroom.templates import TemplateError, Templates

_T = TypeVar("_T")
_PLACEHOLDER = re.compile(r"\\\{(\w+)\\\}")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_LONGEST_SLUG = 200
"""WordPress cuts a percent-encoded slug at 200 characters, at a whole letter."""


class NewsroomError(Exception):
    """A newsroom that cannot be read or served; the message is one line that says what is wrong where."""


@dataclass(frozen=True)
class Comment:
    """A reader's comment under a story."""

    author: str
    text: str
    published: datetime


@dataclass(frozen=True)
class Story:
    """An article as it was written: what a perfect reader of its page would find."""

    file: Path
    url: str
    """Canonical; Arabic slugs percent-encoded in lower case, as WordPress does."""
    id: int
    """Post number, unique in its site."""
    title: str
    section: str
    """Slug of a section of the site."""
    paper: str | None
    """On an aggregator the slug of the newspaper it is reprinted from."""
    author: str
    published: datetime
    """Aware, in the offset of the newsroom on that day."""
    modified: datetime | None
    marked_paragraphs: tuple[str, ...]
    """The paragraphs with `**` around what the page sets in bold."""
    about_reform: bool
    """Whether the story is about the social protection reform."""
    comments: tuple[Comment, ...]

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The paragraphs as a reader sees them."""
        return tuple(_STRONG.sub(r"\1", text) for text in self.marked_paragraphs)

    @property
    def body(self) -> str:
        """The paragraphs joined by one newline, as `Article.body` is."""
        return "\n".join(self.paragraphs)

    @property
    def last_change(self) -> datetime:
        """When the story was last touched."""
        return self.modified or self.published

    def contains(self, query: str) -> bool:
        """Whether every word (or "quoted phrase") of the query stands in the title or the body."""
        text = f"{self.title}\n{self.body}".casefold()
        terms = re.findall(r'"([^"]+)"|(\S+)', query.casefold())
        return all((phrase or word) in text for phrase, word in terms)


@dataclass(frozen=True)
class Fault:
    """What a path does that is no answer as it should be."""

    path: str
    delay: float = 0.0
    """Seconds before the answer."""
    status: int = 0
    """The answer instead of the page, the first `times` times."""
    times: int = 0
    redirect: str = ""
    """The path that is answered with 301 instead of the page."""


@dataclass(frozen=True)
class Route:
    """Which template answers a path. Placeholders: slug, id, section, paper, page."""

    pattern: re.Pattern[str]
    query: Mapping[str, str]
    """Query parameters that must have these values."""
    template: str
    content_type: str
    page_size: int
    """Stories a page, unless asked for another number by `per_page`; a page beyond the last one does not exist."""


@dataclass(frozen=True)
class Engine:
    """A publishing system: its URLs, its way to write dates, its templates."""

    name: str
    templates: Templates
    routes: tuple[Route, ...]
    story_url: str
    section_url: str
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    """Monday first."""
    date_format: str
    today_format: str

    def write_date(self, day: date, *, with_weekday: bool = False) -> str:
        """The date as the pages show it; with the weekday as the header does."""
        template = self.today_format if with_weekday else self.date_format
        weekday, month = self.weekdays[day.weekday()], self.months[day.month - 1]
        return template.format(weekday=weekday, month=month, date=day)


@dataclass(frozen=True)
class Site:
    """A virtual site and its stories, newest first."""

    host: str
    name: str
    tagline: str
    engine: Engine
    today: date
    """The day that the header shows; no story is younger."""
    sections: Mapping[str, str]
    """Slug to name."""
    papers: Mapping[str, str]
    """Newspapers of an aggregator, slug to name; empty on other sites."""
    ticker: tuple[str, ...]
    """Headlines that run over every page."""
    footer: tuple[str, ...]
    stories: tuple[Story, ...]
    also_listed: tuple[str, ...] = ()
    """Paths that the feeds list beside the stories: old addresses, dead links."""
    faults: tuple[Fault, ...] = ()

    @property
    def url(self) -> str:
        """The root, without a slash."""
        return f"http://{self.host}"

    def section_url(self, slug: str) -> str:
        """Where a section is listed."""
        return self.url + self.engine.section_url.format(section=slug)


def load_sites(folder: Path, *, edition: int = 1) -> dict[str, Site]:
    """Read a newsroom; the sites by host. In the second edition some stories are edited, others gone. Raises NewsroomError for anything missing or malformed."""
    if not folder.is_dir():
        raise NewsroomError(f"{folder}: no such folder; a newsroom is a folder with `engines` and sites")
    sites = [_load_site(path, folder / "engines", edition) for path in sorted(folder.glob("*/site.toml"))]
    if not sites:
        raise NewsroomError(f"{folder}: holds no site (a folder with a site.toml)")
    return {site.host: site for site in sites}


class _Table:
    """A TOML table whose values are taken out with their type checked."""

    def __init__(self, values: Mapping[str, object], file: Path) -> None:
        self._values, self.file = values, file

    @classmethod
    def read(cls, file: Path) -> _Table:
        try:
            return cls(tomllib.loads(file.read_text(encoding="utf-8")), file)
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise NewsroomError(f"{file}: cannot be read ({error})") from error

    def take(self, key: str, kind: type[_T], default: _T | None = None) -> _T:
        value = self._values.get(key, default)
        if not isinstance(value, kind):
            raise NewsroomError(f"{self.file}: `{key}` is missing or not a {kind.__name__}")
        return value

    def maybe(self, key: str, kind: type[_T]) -> _T | None:
        return self.take(key, kind) if key in self._values else None

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list)
        if not values or not all(isinstance(value, str) and value.strip() for value in values):
            raise NewsroomError(f"{self.file}: `{key}` must be a list of texts, none of them empty")
        return tuple(values)

    def tables(self, key: str) -> list[_Table]:
        return [_Table(value, self.file) for value in self.take(key, list, [])]

    def moment(self, key: str) -> datetime:
        moment = self.take(key, datetime)
        if moment.tzinfo is None:
            raise NewsroomError(f"{self.file}: `{key}` needs an offset from UTC (2025-09-17T10:00:00+01:00)")
        return moment

    def names(self, key: str) -> dict[str, str]:
        return {str(slug): str(name) for slug, name in self.take(key, dict, {}).items()}


def _load_site(file: Path, engines: Path, edition: int) -> Site:
    table = _Table.read(file)
    site = Site(
        host=file.parent.name,
        name=table.take("name", str),
        tagline=table.take("tagline", str),
        engine=_load_engine(engines / table.take("engine", str)),
        today=table.take("today", date),
        sections=table.names("sections"),
        papers=table.names("papers"),
        ticker=table.texts("ticker"),
        footer=table.texts("footer"),
        stories=(),
        also_listed=table.texts("also_listed") if table.maybe("also_listed", list) else (),
        faults=tuple(
            Fault(
                path=fault.take("path", str),
                delay=fault.take("delay", float, 0.0),
                status=fault.take("status", int, 0),
                times=fault.take("times", int, 0),
                redirect=fault.take("redirect", str, ""),
            )
            for fault in table.tables("faults")
        ),
    )
    loaded = [_load_story(path, site, edition) for path in sorted(file.parent.glob("articles/*.toml"))]
    stories = [story for story in loaded if story is not None]
    for story in stories:
        twin = next(other for other in stories if story.url == other.url or story.id == other.id)
        if twin is not story:
            raise NewsroomError(f"{story.file}: has the id or the URL of {twin.file.name}")
    stories.sort(key=lambda story: story.published, reverse=True)
    return replace(site, stories=tuple(stories))


def _load_story(file: Path, site: Site, edition: int) -> Story | None:
    """The story of a file in an edition; its table `second_edition` has what changes. None where it is gone by then."""
    table = _Table.read(file)
    second = table.maybe("second_edition", dict) if edition > 1 else None
    latest = table if second is None else _Table(second, file)
    if latest.maybe("removed", bool):
        return None
    section, paper = table.take("section", str), table.maybe("paper", str)
    if section not in site.sections:
        raise NewsroomError(f"{file}: {site.host} has no section {section!r}")
    if (paper is None) == bool(site.papers) or (paper is not None and paper not in site.papers):
        raise NewsroomError(f"{file}: `paper` must name one of the papers of {site.host}")
    title, number = table.take("title", str), table.take("id", int)
    path = site.engine.story_url.format(slug=_slug(title), id=number, paper=paper, section=section)
    story = Story(
        file=file,
        url=site.url + path,
        id=number,
        title=title,
        section=section,
        paper=paper,
        author=table.take("author", str),
        published=table.moment("published"),
        modified=latest.moment("modified") if latest.maybe("modified", datetime) else None,
        marked_paragraphs=latest.texts("paragraphs"),
        about_reform=table.take("about_reform", bool),
        comments=tuple(
            Comment(comment.take("author", str), comment.take("text", str), comment.moment("published"))
            for comment in table.tables("comments")
        ),
    )
    if story.last_change.date() > site.today:
        raise NewsroomError(f"{file}: is younger than the day of the site ({site.today})")
    return story


def _slug(title: str) -> str:
    """The slug that WordPress makes of a title, percent-encoded."""
    letters = [quote(letter).lower() for letter in "-".join(re.findall(r"\w+", title.lower()))]
    while sum(map(len, letters)) > _LONGEST_SLUG:
        letters.pop()
    return "".join(letters).rstrip("-")


def _load_engine(folder: Path) -> Engine:
    table = _Table.read(folder / "engine.toml")
    try:
        templates = Templates(folder)
    except TemplateError as error:
        raise NewsroomError(str(error)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise NewsroomError(f"{folder}: a template cannot be read ({error})") from error
    routes = [_load_route(route) for route in table.tables("routes")]
    for template in ["404.html", *(route.template for route in routes)]:
        if template not in templates:
            raise NewsroomError(f"{folder}: the template {template} is missing")
    return Engine(
        name=folder.name,
        templates=templates,
        routes=tuple(routes),
        story_url=table.take("story_url", str),
        section_url=table.take("section_url", str),
        months=table.texts("months"),
        weekdays=table.texts("weekdays"),
        date_format=table.take("date_format", str),
        today_format=table.take("today_format", str),
    )


def _load_route(table: _Table) -> Route:
    pattern = _PLACEHOLDER.sub(
        lambda name: f"(?P<{name[1]}>{'[0-9]{1,9}' if name[1] in {'page', 'id'} else '[^/]+'})",
        re.escape(table.take("path", str)),
    )
    return Route(
        pattern=re.compile(pattern.removesuffix("/") + "/?" if pattern.endswith("/") else pattern),
        query=table.names("query"),
        template=table.take("template", str),
        content_type=table.take("type", str, "text/html; charset=UTF-8"),
        page_size=table.take("page_size", int, 10),
    )
