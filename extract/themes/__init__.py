"""Themes as data: selectors for what a publishing system always calls the same.

One TOML file a theme. A theme is tried where the page's `body` element has one of `body_class` among its classes and
id, where the generator it names begins with `generator`, or where one of the selectors `marks` matches. `body`,
`title`, `date`, `author`, `section`, `source`: selectors in order of preference; `drop`: elements inside the body that
are no part of it; `first_only`: several matches of `body` are several articles, and the first is the page's; `rank`:
themes of a smaller one are tried first, so that special ones come before general ones (a JNews site is WordPress too).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser


class ThemeError(ValueError):
    """A theme file is broken; the message names the file and the key."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The selectors of one theme."""

    name: str
    body: tuple[str, ...]
    marks: str = ""
    """One selector list."""
    body_class: frozenset[str] = frozenset()
    generator: str = ""
    drop: str = ""
    """One selector list."""
    title: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    author: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    """Where an aggregator names the newspaper."""
    first_only: bool = False
    rank: int = 5


_JOINED = {"marks", "drop"}
_KEYS = {field.name for field in fields(Theme)} - {"name"}


def parse_theme(name: str, text: str) -> Theme:
    """Read a theme from TOML; raises `ThemeError` for an unknown key, a missing one or a value of a wrong kind."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"themes/{name}.toml: {error}") from error
    if "body" not in data:
        raise ThemeError(f"themes/{name}.toml: `body` is missing")
    if not {"body_class", "generator", "marks"} & data.keys():
        raise ThemeError(f"themes/{name}.toml: one of `body_class`, `generator`, `marks` is needed")
    values: dict[str, object] = {}
    for field, value in data.items():
        if field not in _KEYS:
            raise ThemeError(f"themes/{name}.toml: unknown key `{field}`")
        if field == "first_only":
            if not isinstance(value, bool):
                raise ThemeError(f"themes/{name}.toml: `{field}` must be true or false")
            values[field] = value
        elif field == "rank":
            if isinstance(value, bool) or not isinstance(value, int):
                raise ThemeError(f"themes/{name}.toml: `{field}` must be a whole number")
            values[field] = value
        elif field == "generator":
            if not isinstance(value, str):
                raise ThemeError(f"themes/{name}.toml: `{field}` must be a string")
            values[field] = value
        elif not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ThemeError(f"themes/{name}.toml: `{field}` must be a list of strings")
        else:
            values[field] = (
                ", ".join(value)
                if field in _JOINED
                else frozenset(value)
                if field == "body_class"
                else tuple(value)
            )
    return Theme(name=name, **values)  # type: ignore[arg-type]


def recognise(tree: LexborHTMLParser, generator: str) -> Theme | None:
    """Return the theme of a page: the first whose marks and whose body are there. `generator` as its meta element has it."""
    body = tree.body
    attributes = body.attributes if body is not None else {}
    names = {*(attributes.get("class") or "").split(), attributes.get("id") or ""}
    has_marks = tree.css_first(_all_marks()) is not None  # one look at the page instead of one for each theme
    for theme in themes():
        marked = (
            not theme.body_class.isdisjoint(names)
            or (theme.generator and generator.startswith(theme.generator))
            or (has_marks and theme.marks and tree.css_first(theme.marks) is not None)
        )
        if marked and tree.css_first(", ".join(theme.body)) is not None:
            return theme
    return None


@cache
def themes() -> tuple[Theme, ...]:
    """Return all themes, special ones before general ones."""
    files = sorted(Path(__file__).parent.glob("*.toml"))
    found = [parse_theme(file.stem, file.read_text("utf-8")) for file in files]
    return tuple(sorted(found, key=lambda theme: theme.rank))


@cache
def _all_marks() -> str:
    return ", ".join(theme.marks for theme in themes() if theme.marks)


def theme_named(name: str) -> Theme:
    """Return one theme; raises `ThemeError` naming those there are."""
    for theme in themes():
        if theme.name == name:
            return theme
    raise ThemeError(f"no theme {name!r}; there are {', '.join(theme.name for theme in themes())}")
