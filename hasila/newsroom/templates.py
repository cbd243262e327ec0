"""A small part of Mustache, enough for the pages of a newsroom.

`{{name}}` inserts a value escaped for HTML and XML, `{{{name}}}` as it is, `{{#name}}…{{/name}}` repeats for a list and
opens a mapping or a truthy value, `{{^name}}…{{/name}}` stands in where there is none, `{{> file}}` includes `_file.html`.
Names may be dotted; `.` is the current value. Unlike in Mustache an unknown name is an error: it is a slip of the pen.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Context = Mapping[str, object]

_TAG = re.compile(r"\{\{(?P<raw>\{)?\s*(?P<sign>[#^/>]?)\s*(?P<name>[\w.]+)\s*\}\}(?(raw)\})")


class TemplateError(Exception):
    """A template that cannot be read or filled in; the message is one line that names it."""


@dataclass(frozen=True)
class _Value:
    name: str
    raw: bool


@dataclass(frozen=True)
class _Block:
    name: str
    inverted: bool
    nodes: tuple[_Node, ...]


@dataclass(frozen=True)
class _Partial:
    name: str


_Node = str | _Value | _Block | _Partial


class Templates:
    """The templates of one folder, parsed once. A name is a file name: `article.html`."""

    def __init__(self, folder: Path) -> None:
        files = [path for path in folder.iterdir() if path.suffix != ".toml"]
        self._nodes = {path.name: _parse(path.read_text(encoding="utf-8"), path) for path in files}
        self._folder = folder

    def __contains__(self, name: object) -> bool:
        return name in self._nodes

    def render(self, name: str, context: Context) -> str:
        """Fill in the template `name`; raises TemplateError for an unknown template or an unknown name in it."""
        return self._render(name, (context,))

    def _render(self, name: str, stack: tuple[object, ...]) -> str:
        if name not in self._nodes:
            raise TemplateError(f"{self._folder / name}: no such template")
        try:
            return "".join(self._fill(self._nodes[name], stack))
        except LookupError as error:
            raise TemplateError(f"{self._folder / name}: nothing is called {error.args[0]!r}") from error

    def _fill(self, nodes: tuple[_Node, ...], stack: tuple[object, ...]) -> list[str]:
        parts: list[str] = []
        for node in nodes:
            match node:
                case str():
                    parts.append(node)
                case _Value(name, raw):
                    text = str(_look_up(name, stack))
                    parts.append(text if raw else html.escape(text))
                case _Partial(name):
                    parts.append(self._render(f"_{name}.html", stack))
                case _Block(name, inverted, inner):
                    value = _look_up(name, stack)
                    if inverted:
                        parts += [] if value else self._fill(inner, stack)
                    elif isinstance(value, Sequence) and not isinstance(value, str):
                        for item in value:
                            parts += self._fill(inner, (*stack, item))
                    elif value:
                        parts += self._fill(inner, (*stack, value))
        return parts


def _look_up(name: str, stack: tuple[object, ...]) -> object:
    if name == ".":
        return stack[-1]
    first, *rest = name.split(".")
    for frame in reversed(stack):
        if isinstance(frame, Mapping) and first in frame:
            value: object = frame[first]
            for key in rest:
                if not isinstance(value, Mapping) or key not in value:
                    raise LookupError(name)
                value = value[key]
            return value
    raise LookupError(name)


def _parse(source: str, path: Path) -> tuple[_Node, ...]:
    open_blocks: list[tuple[str, bool]] = []
    levels: list[list[_Node]] = [[]]
    position = 0
    for tag in _TAG.finditer(source):
        levels[-1].append(source[position : tag.start()])
        position = tag.end()
        name = tag["name"]
        match tag["sign"]:
            case "#" | "^" as sign:
                open_blocks.append((name, sign == "^"))
                levels.append([])
            case "/":
                if not open_blocks or open_blocks[-1][0] != name:
                    raise TemplateError(f"{path}: {tag[0]} closes no open block")
                _, inverted = open_blocks.pop()
                inner = tuple(levels.pop())
                levels[-1].append(_Block(name, inverted, inner))
            case ">":
                levels[-1].append(_Partial(name))
            case _:
                levels[-1].append(_Value(name, raw=tag["raw"] is not None))
    if open_blocks:
        raise TemplateError(f"{path}: the block {open_blocks[-1][0]!r} is never closed")
    levels[-1].append(source[position:])
    return tuple(levels[0])
