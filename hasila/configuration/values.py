"""The kinds of values that a setting can have: how each is read from TOML and from a variable, and written.

Every kind has the same three methods. `read` takes what TOML gives, `parse` the text of an environment variable; both
raise ValueError with what the value must be ("must be …"), in words that fit behind the name of the key.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SIZES: Final = (86400, 3600, 60, 1, 1)
"""Seconds of what the groups of `_DURATION` count."""
_BYTES: Final = {
    "": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KIB": 2**10,
    "MIB": 2**20,
    "GIB": 2**30,
    "TIB": 2**40,
}
_DURATION: Final = re.compile(
    r"(?=.)(?:([0-9]{1,9})d ?)?(?:([0-9]{1,9})h ?)?(?:([0-9]{1,9})m ?)?(?:([0-9]{1,9}(?:\.[0-9]{1,3})?)s)?"
    r"|([0-9]{1,9}(?:\.[0-9]{1,3})?)"
)
_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)")
_YES: Final = {"1": True, "true": True, "yes": True, "on": True}
_NO: Final = {"0": False, "false": False, "no": False, "off": False}


class Kind(Protocol):
    """What a setting can be."""

    def read(self, value: object) -> object:
        """Return the value that TOML holds as the program has it. Raises ValueError."""

    def parse(self, text: str) -> object:
        """Return the value that an environment variable holds. Raises ValueError."""

    def show(self, value: object) -> str:
        """Return a value as TOML."""


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`; in the environment also 1 and 0, yes and no, on and off."""

    def read(self, value: object) -> bool:
        """Return a truth value. Raises ValueError."""
        if not isinstance(value, bool):
            raise ValueError("must be true or false")
        return value

    def parse(self, text: str) -> bool:
        """Read the text of a variable. Raises ValueError."""
        return self.read((_YES | _NO).get(text.strip().lower()))

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        return "true" if value else "false"


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two others, both allowed."""

    least: float = 0
    most: float = math.inf
    whole: bool = False

    def read(self, value: object) -> float:
        """Return a number. Raises ValueError."""
        proper = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, proper):
            raise ValueError(f"must be {self._range()}")
        if not self.least <= value <= self.most or value == math.inf:
            raise ValueError(f"must be {self._range()}")
        return value if self.whole else float(value)

    def parse(self, text: str) -> float:
        """Read the text of a variable. Raises ValueError."""
        try:
            return self.read(int(text) if self.whole else float(text))
        except ValueError:
            raise ValueError(f"must be {self._range()}") from None

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        return str(value)

    def _range(self) -> str:
        name = "a whole number" if self.whole else "a number"
        if self.most == math.inf:
            return f"{name}, {self.least:g} or more"
        return f"{name} from {self.least:g} to {self.most:g}"


@dataclass(frozen=True, slots=True)
class Text:
    """A text on one line. `pattern` must match all of it, and `must` says so in words; "" is allowed where `empty`."""

    pattern: str = r"[^\x00-\x1f\x7f]+"
    must: str = "be a text on one line"
    empty: bool = True

    def read(self, value: object) -> str:
        """Return a text. Raises ValueError."""
        if value == "" and self.empty:
            return ""
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            raise ValueError(f"must {self.must}")
        return value

    def parse(self, text: str) -> str:
        """Read the text of a variable. Raises ValueError."""
        return self.read(text)

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        return json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class File:
    """The path of a file. What the configuration names is relative to its own folder, a variable to the current one."""

    def read(self, value: object) -> Path:
        """Return the path. Raises ValueError."""
        if not isinstance(value, str) or not value or "\0" in value:
            raise ValueError("must be the path of a file")
        return Path(value)

    def parse(self, text: str) -> Path:
        """Read the text of a variable. Raises ValueError."""
        return self.read(text)

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        return json.dumps(str(value), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some names."""

    names: tuple[str, ...]

    def read(self, value: object) -> str:
        """Return a name. Raises ValueError."""
        if not isinstance(value, str) or value not in self.names:
            raise ValueError(f"must be one of {', '.join(map(json.dumps, self.names))}")
        return value

    def parse(self, text: str) -> str:
        """Read the text of a variable. Raises ValueError."""
        return self.read(text)

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        return json.dumps(value)


@dataclass(frozen=True, slots=True)
class Duration:
    """A time: `"45s"`, `"15m"`, `"1h 30m"`, `"7d"`, or a number of seconds. `least` and `most` are seconds."""

    least: float = 0
    most: float = 3650 * 86400

    def read(self, value: object) -> timedelta:
        """Return the time. Raises ValueError."""
        if isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
            seconds = sum(
                float(count or 0) * size for count, size in zip(match.groups(), _SIZES, strict=True)
            )
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value
        else:
            raise ValueError('must be a time like "45s", "15m", "1h 30m" or "7d", or a number of seconds')
        if not self.least <= seconds <= self.most:
            raise ValueError(f'must be from "{spoken(self.least)}" to "{spoken(self.most)}"')
        return timedelta(seconds=seconds)

    def parse(self, text: str) -> timedelta:
        """Read the text of a variable. Raises ValueError."""
        return self.read(text)

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        assert isinstance(value, timedelta)  # noqa: S101 - what `read` returns
        return f'"{spoken(value.total_seconds())}"'


def spoken(seconds: float) -> str:
    """Return a time in the largest unit that it is a whole number of: `7d`, `90m`, `1.5s`."""
    unit = next((name for name in "dhm" if seconds and seconds % _SECONDS[name] == 0), "s")
    return f"{seconds / _SECONDS[unit]:g}{unit}"


@dataclass(frozen=True, slots=True)
class Size:
    """A size: `"500 MB"` (10⁶ bytes), `"1 GiB"` (2³⁰ bytes), or a number of bytes."""

    least: int = 0

    def read(self, value: object) -> int:
        """Return the bytes. Raises ValueError."""
        if isinstance(value, str) and (match := _SIZE.fullmatch(value.strip())):
            unit = _BYTES.get(match[2].upper())
            size = int(float(match[1]) * unit) if unit else -1
        else:
            size = value if isinstance(value, int) and not isinstance(value, bool) else -1
        if size < 0:
            raise ValueError('must be a size like "500 MB" or "20 GiB", or a number of bytes')
        if size < self.least:
            raise ValueError(f"must be at least {self.show(self.least)}")
        return size

    def parse(self, text: str) -> int:
        """Read the text of a variable. Raises ValueError."""
        return self.read(text)

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        assert isinstance(value, int)  # noqa: S101 - what `read` returns
        for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
            if value and value % size == 0:
                return f'"{value // size} {unit}"'
        return str(value)


@dataclass(frozen=True, slots=True)
class Several:
    """A list of values of one kind; in the environment they are separated by commas."""

    kind: Kind

    def read(self, value: object) -> tuple[object, ...]:
        """Return the values, each once. Raises ValueError."""
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise ValueError("must be a list, [ … ]")
        found = []
        for number, each in enumerate(value, 1):
            try:
                found.append(self.kind.read(each))
            except ValueError as error:
                raise ValueError(f"number {number} of the list {error}") from None
        return tuple(dict.fromkeys(found))

    def parse(self, text: str) -> tuple[object, ...]:
        """Read the text of a variable. Raises ValueError."""
        return tuple(dict.fromkeys(self.kind.parse(part.strip()) for part in text.split(",") if part.strip()))

    def show(self, value: object) -> str:
        """Return the TOML for a value."""
        assert isinstance(value, tuple)  # noqa: S101 - what `read` returns
        return f"[{', '.join(map(self.kind.show, value))}]"
