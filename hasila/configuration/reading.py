"""Reading the configuration: the file, the environment over it, and everything that is wrong with either.

A value is taken from the environment, else from the file, else it is the default; options of a command go before all.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from hasila.configuration.settings import FILE, SECTIONS, Configuration, Key, Site, keys, variable
from hasila.configuration.values import File, Text

NOT_SETTINGS: Final = frozenset({"HASILA_CONFIG", "HASILA_MAIL_PASSWORD"})
"""Variables that are read elsewhere."""
_ELSEWHERE: Final[Mapping[tuple[str, ...], str]] = MappingProxyType(
    {
        (
            "mail",
            "password",
        ): "a password does not belong in this file: put it in HASILA_MAIL_PASSWORD or in a file "
        "that `password_file` names",
    }
)
_HEAD: Final = re.compile(r"\s*\[\[?\s*([^]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[^=\s]+)*)\s*=""")

Where = tuple[str, ...]
"""The names of the tables and the key: ("crawl", "delay")."""


class ConfigurationError(Exception):
    """The configuration is wrong. `problems` has a line for each thing, with the file and its line or the variable."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A configuration, where it came from and what should be said about it."""

    configuration: Configuration
    file: Path | None
    """The file that was read; None where there is none."""
    origins: Mapping[Where, str]
    """Where each setting that is not the default was set: `hasila.toml:12`, or the name of a variable."""
    warnings: tuple[str, ...]
    """Variables that look like settings and are none."""


def find(named: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the file to be read: the one named, else HASILA_CONFIG, else hasila.toml here where there is one."""
    if named:
        return named
    if environment.get("HASILA_CONFIG"):
        return Path(environment["HASILA_CONFIG"])
    return FILE if FILE.exists() else None


def load(
    file: Path | None,
    environment: Mapping[str, str] = os.environ,
    *,
    known_sites: Callable[[], Collection[str]],
) -> Loaded:
    """Read a file and the environment. `known_sites` is asked only where a site is named.

    Raises ConfigurationError.
    """
    text = ""
    if file is not None:
        try:
            text = file.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise ConfigurationError([f"{file}: no such file; `hasila init` writes one"]) from None
        except UnicodeDecodeError as error:
            raise ConfigurationError([f"{file}: is no UTF-8 (byte {error.start})"]) from None
        except OSError as error:
            raise ConfigurationError([f"{file}: cannot be read: {error.strerror or error}"]) from None
    reader = _Reader(file or FILE, text, environment, known_sites)
    configuration = reader.read()
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return Loaded(
        configuration=configuration,
        file=file,
        origins=MappingProxyType(reader.origins),
        warnings=tuple(reader.warnings),
    )


@dataclass
class _Reader:
    file: Path
    text: str
    environment: Mapping[str, str]
    known_sites: Callable[[], Collection[str]]
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    origins: dict[Where, str] = field(default_factory=dict)

    def read(self) -> Configuration:
        try:
            table = tomllib.loads(self.text)
        except tomllib.TOMLDecodeError as error:
            self.problems.append(_broken(self.file, self.text, str(error)))
            return Configuration()
        self._lines = key_lines(self.text)
        sections = {name: self._table((name,), table.pop(name, {}), cls) for name, cls in SECTIONS.items()}
        sites = self._sites(table.pop("sites", {}))
        found = self._section((), table, Configuration) | sections | {"sites": MappingProxyType(sites)}
        configuration = Configuration(**found)
        self._check_variables(sites)
        if not self.problems:
            self._check_sites(configuration)
            for path, message in contradictions(configuration):
                self._complain(path, message)
        return configuration

    def _table(self, path: Where, table: object, cls: type) -> Any:
        if not isinstance(table, dict):
            self._complain(path, f"{path[-1]} is a table, [{'.'.join(path)}]")
            table = {}
        return cls(**self._section(path, table, cls))

    def _section(self, path: Where, table: Mapping[str, object], cls: type) -> dict[str, Any]:
        """The settings of a table that are set, by the file or by a variable."""
        declared: dict[str, tuple[Any, Key]] = {each.name: (each.default, about) for each, about in keys(cls)}
        for name in table:
            if name not in declared:
                self._complain((*path, name), self._unknown((*path, name), declared))
        found: dict[str, Any] = {}
        for name, (default, about) in declared.items():
            here = (*path, name)
            if isinstance(about.kind, File) and default is not None:
                found[name] = self.file.parent / default
            if name in table:
                self._take(found, here, about, table[name])
            self._take_variable(found, here, about)
        return found

    def _take(self, found: dict[str, Any], path: Where, about: Key, value: object) -> None:
        try:
            read = about.kind.read(value)
        except ValueError as error:
            self._complain(path, f"{path[-1]} {error}")
            return
        found[path[-1]] = self.file.parent / read if isinstance(read, Path) else read
        self.origins[path] = self._place(path)

    def _take_variable(self, found: dict[str, Any], path: Where, about: Key) -> None:
        name = variable(path, about)
        text = self.environment.get(name)
        if text is None or (not text and not isinstance(about.kind, Text)):
            return
        try:
            found[path[-1]] = about.kind.parse(text)
        except ValueError as error:
            self.problems.append(f"the environment variable {name} {error}")
        self.origins[path] = name

    def _sites(self, tables: object) -> dict[str, Site]:
        if not isinstance(tables, dict):
            self._complain(("sites",), "sites are tables, [sites.NAME]")
            return {}
        names = dict.fromkeys(tables)
        for name in self.environment:
            if match := re.fullmatch(rf"HASILA_SITES_([A-Z0-9_]+?)_({_SITE_KEYS})", name):
                names[match[1].lower()] = None
        return {name: self._table(("sites", name), tables.get(name, {}), Site) for name in names}

    def _check_sites(self, configuration: Configuration) -> None:
        wanted = [(("sites", name), name) for name in configuration.sites]
        wanted += [(("crawl", "sites"), name) for name in configuration.crawl.sites]
        known = self.known_sites() if wanted else ()
        for path, name in wanted:
            if name not in known:
                hint = _meant(name, known) or "; `hasila sites` lists them"
                self._complain(path, f"no site is called {name!r}{hint}")

    def _check_variables(self, sites: Collection[str]) -> None:
        names = set(NOT_SETTINGS)
        for path, cls in [
            ((), Configuration),
            *(((name,), cls) for name, cls in SECTIONS.items()),
            *((("sites", name), Site) for name in sites),
        ]:
            names |= {variable((*path, each.name), about) for each, about in keys(cls)}
        for name in sorted(self.environment):
            if name.startswith("HASILA_") and name not in names:
                self.warnings.append(f"the environment variable {name} is no setting{_meant(name, names)}")

    def _unknown(self, path: Where, declared: Collection[str]) -> str:
        if path in _ELSEWHERE:
            return _ELSEWHERE[path]
        name = path[-1]
        label = f"[{'.'.join(path[:-1])}]" if len(path) > 1 else "a configuration"
        homes = [
            f"[{section}]"
            for section, cls in SECTIONS.items()
            if name in {each.name for each, _ in keys(cls)}
        ]
        if name in {each.name for each, _ in keys(Configuration)}:
            homes.insert(0, "the beginning of the file, before any table")
        choices = [*declared, *(SECTIONS if len(path) == 1 else ()), *(["sites"] if len(path) == 1 else ())]
        hint = _meant(name, choices)
        if not hint and homes:
            hint = f"; it belongs to {' or '.join(homes)}"
        return f"{label} has no key {name!r}{hint}"

    def _complain(self, path: Where, message: str) -> None:
        """Note what is wrong with a setting, or with a table: where it was set first."""
        origins = (origin for where, origin in self.origins.items() if where[: len(path)] == path)
        origin = next(origins, "")
        set_by_variable = origin and not origin.startswith(f"{self.file}:")
        place = f"the environment variable {origin}" if set_by_variable else self._place(path)
        self.problems.append(f"{place}: {message}")

    def _place(self, path: Where) -> str:
        """The file and the line of a key, or of what is nearest to it."""
        while path and path not in self._lines:
            path = path[:-1]
        return f"{self.file}:{self._lines.get(path, 1)}"


_SITE_KEYS: Final = "|".join(each.name.upper() for each, _ in keys(Site))


def key_lines(text: str) -> dict[Where, int]:
    """Return the line (from 1) in which each table and each key of a TOML text stands first.

    Keys inside inline tables are not found; what holds them is.
    """
    lines: dict[Where, int] = {}
    table: Where = ()
    for number, line in enumerate(text.splitlines(), 1):
        if match := _HEAD.match(line):
            table = _parts(match[1])
            lines.setdefault(table, number)
        elif match := _KEY.match(line):
            path = (*table, *_parts(match[1]))
            for end in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:end], number)
    return lines


def _parts(dotted: str) -> Where:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _broken(file: Path, text: str, message: str) -> str:
    """The line about a file that is no TOML; tomllib says where in words."""
    match = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    if match is None:
        return f"{file}: is no TOML: {message}"
    line = match[1] or len(text.splitlines()) or 1
    return f"{file}:{line}: is no TOML: {message[: match.start()]}"


def _meant(name: str, names: Collection[str]) -> str:
    close = get_close_matches(name, names, 1, 0.7)
    return f"; did you mean {close[0]!r}?" if close else ""


def contradictions(configuration: Configuration) -> Iterator[tuple[Where, str]]:
    """Yield what cannot be meant, although each setting by itself can: where it stands and what is wrong."""
    mail, crawl = configuration.mail, configuration.crawl
    if list(crawl.revisits) != sorted(crawl.revisits):
        yield ("crawl", "revisits"), "revisits must go from the shortest time to the longest"
    if mail.host and not mail.sender:
        yield ("mail", "host"), "mail needs `sender`, the address that messages come from"
    if mail.host and not mail.to:
        yield ("mail", "host"), "mail needs `to`, the addresses that messages go to"
    if mail.user and mail.security == "none" and mail.host not in _THIS_MACHINE:
        yield ("mail", "security"), 'a password is not sent in the clear: set security to "starttls" or "tls"'


_THIS_MACHINE: Final = frozenset({"", "localhost", "127.0.0.1", "::1"})
