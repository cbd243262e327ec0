"""Morocco's time zone, by the latest rules that are at hand.

Governments change their clocks on short notice: Morocco kept UTC+1, and UTC+0 in Ramadan, from 2018 until 20 September
2026, and UTC+0 all year since (IANA tz database, 2026f). Python asks the machine first, whose rules may be years old, and
every date without an offset would be an hour off. So the machine and the package `tzdata` are compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final
from zoneinfo import TZPATH, ZoneInfo

KEY: Final = "Africa/Casablanca"

_VERSION: Final = re.compile(r"# version (\d{4}[a-z]+)")


class PackagedZone(ZoneInfo):
    """The zone of the package `tzdata`. It can be pickled, unlike others that are read from a file."""

    def __reduce__(self) -> tuple[Callable[[], ZoneInfo], tuple[()]]:
        """Return what makes it anew."""
        return _packaged, ()


def casablanca() -> ZoneInfo:
    """Return the zone from the package `tzdata`, or from the machine where that one is newer."""
    machine = next((Path(folder) for folder in TZPATH if (Path(folder) / KEY).is_file()), None)
    if machine is None or version(machine) <= version(files("tzdata.zoneinfo")):
        return _packaged()
    return ZoneInfo(KEY)


def version(rules: Traversable) -> str:
    """Return the release that a folder of zones is of (`2026f`), "" where it does not say."""
    try:
        with (rules / "tzdata.zi").open(encoding="utf-8") as file:
            match = _VERSION.match(file.readline())
    except (OSError, UnicodeDecodeError):
        return ""
    return match[1] if match else ""


def _packaged() -> ZoneInfo:
    with (files("tzdata.zoneinfo") / KEY).open("rb") as file:
        return PackagedZone.from_file(file, KEY)
