"""Durations as people write them: `45m`, `1h30m`, `90`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

import click

from hasila.configuration import values

_SECONDS: Final = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_KIND: Final = values.Duration(least=1)
"""As in the configuration, but for none at all."""


class Duration(click.ParamType[timedelta]):
    """Days, hours, minutes and seconds (`1d`, `2h`, `1h30m`, `45m`, `90s`), or seconds alone (`90`)."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        """Read a duration; anything else, and none at all, is a usage error."""
        if isinstance(value, timedelta):
            return value
        try:
            return _KIND.read(str(value).lower())
        except ValueError:
            self.fail(f"{value!r} is no duration: write it like 45m, 2h, 1h30m or 90 (seconds)", param, ctx)


def shown(duration: timedelta) -> str:
    """Write a duration in its two largest units: `3d 4h`, `2h 5m`, `45m`, `1m 30s`, `12s`; nothing negative."""
    left = max(0, round(duration.total_seconds()))
    parts = []
    for unit, size in _SECONDS.items():
        count, left = divmod(left, size)
        parts.append((count, unit))
    first = next((at for at, (count, _) in enumerate(parts) if count), len(parts) - 1)
    return " ".join(f"{count}{unit}" for count, unit in parts[first : first + 2] if count) or "0s"
