"""Writing down what can be configured: the file of `hasila init`, and the tables of docs/configuration.md."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import Field
from typing import Any, Final

from hasila.configuration.settings import SECTIONS, Configuration, Key, Site, keys, variable

_WIDTH: Final = 110
_HEAD: Final = """\
# The configuration of Hasila (docs/configuration.md). Every setting stands here with its default.
#
# A command takes a setting from its options, else from the environment (HASILA_SECTION_KEY: HASILA_CRAWL_DELAY), else
# from this file, else the default. Times are "45s", "15m", "1h 30m", "7d"; sizes "500 MB", "20 GiB".
"""
_SITES: Final = """\
What is particular about a site, in a table of its own; `hasila sites` lists the names. Remove the # before the lines \
that you need. What is not set is as the spider of the site and the sections above say."""
EXAMPLE: Final = "hespress"
"""The site that stands for all."""


def toml() -> str:
    """Return the file that holds every setting with its default."""
    parts = [_HEAD + "\n" + _settings((), Configuration)]
    for name, section in SECTIONS.items():
        parts.append(_comment(section.__doc__ or "") + f"[{name}]\n" + _settings((name,), section))
    parts.append(_comment(_SITES) + f"#[sites.{EXAMPLE}]\n" + _settings(("sites", EXAMPLE), Site))
    return "\n".join(parts)


def _settings(path: tuple[str, ...], section: type) -> str:
    lines = []
    for each, about in keys(section):
        lines.append(_comment(about.about))
        line = f"{each.name} = {_value(each, about)}\n"
        lines.append(f"#{line}" if each.default is None else line)
        if path[:1] != ("sites",):
            lines.append("\n")
    return "".join(lines)


def _comment(text: str) -> str:
    return textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ") + "\n"


def _value(each: Field[Any], about: Key) -> str:
    return about.kind.show(about.example if each.default is None else each.default)


def tables() -> str:
    """Return the reference for docs/configuration.md: a table a section."""
    parts = [_table("Before any table", (), Configuration)]
    parts += [_table(f"`[{name}]`", (name,), section) for name, section in SECTIONS.items()]
    parts.append(_table("`[sites.NAME]`", ("sites", "name"), Site))
    return "\n".join(parts)


def _table(title: str, path: tuple[str, ...], section: type) -> str:
    about = "" if section is Configuration else f"{section.__doc__}\n\n"
    head = "| key | default | environment | what it does |\n| --- | --- | --- | --- |\n"
    return f"### {title}\n\n{about}{head}" + "".join(_rows(path, section))


def _rows(path: tuple[str, ...], section: type) -> Iterator[str]:
    for each, about in keys(section):
        default = "" if each.default is None else f"`{_value(each, about)}`"
        name = variable((*path, each.name), about)
        yield f"| `{each.name}` | {default} | `{name}` | {about.about} |\n"


if __name__ == "__main__":
    print(tables(), end="")
