"""`hasila config`: what is set, and where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field
from typing import Any

import click
from rich.table import Table

from hasila.claim_formats import as_json
from hasila.configuration import SECTIONS, Configuration, Key, Site, keys
from hasila.configuration.option import loaded
from hasila.configuration.reading import Loaded
from hasila.notices.sending import shown
from hasila.problems import printable
from hasila.terminal import console


@click.command
@click.option("--all", "everything", is_flag=True, help="Also what is as it is by default.")
@click.option("--json", "as_lines", is_flag=True, help="One JSON object a setting, for programs.")
def command(everything: bool, as_lines: bool) -> None:
    """Check the configuration, and show what is not as it is by default and where that was set.

    Addresses that may hold a token are shown as far as their host.

    Exit codes: 0 the configuration is in order; 2 it is not.
    """
    found = loaded()
    table = Table("setting", "value", "set in", show_edge=False, pad_edge=False)
    for name, value, origin, is_default in _settings(found):
        if is_default and not everything:
            continue
        if as_lines:
            click.echo(as_json({"setting": name, "value": value, "set_in": origin, "default": is_default}))
        else:
            table.add_row(name, printable(value), printable(origin or ""))
    if as_lines:
        return
    if table.row_count:
        console().print(table)
    where = f"{found.file} is in order" if found.file else "there is no file (`hasila init` writes one)"
    click.echo(f"{where}; {'everything else' if table.row_count else 'everything'} is as it is by default.")


def _settings(found: Loaded) -> Iterator[tuple[str, str, str | None, bool]]:
    """Name, value as TOML, where it was set, and whether that is the default, of every setting that has a value."""
    given = found.configuration
    parts: list[tuple[tuple[str, ...], Any, type]] = [((), given, Configuration)]
    parts += [((name,), getattr(given, name), cls) for name, cls in SECTIONS.items()]
    parts += [(("sites", name), site, Site) for name, site in given.sites.items()]
    for path, section, cls in parts:
        for each, about in keys(cls):
            value = getattr(section, each.name)
            if value is not None:
                where = (*path, each.name)
                origin = found.origins.get(where)
                yield ".".join(where), _shown(each, about, value), origin, value == each.default or not origin


def _shown(each: Field[Any], about: Key, value: object) -> str:
    return about.kind.show(shown(str(value)) if value and not each.repr else value)
