"""Digits with separators, by the habits of Moroccan newsrooms."""

from __future__ import annotations

import re

_MARKS = re.compile(r"[.,،٫٬']")


def digits_value(form: str, *, decimal: bool) -> float | None:
    """The value of digits with separators.

    `decimal` says that a lone comma or dot is a decimal mark whatever follows it (before a scale or a percent);
    otherwise three digits behind it are thousands. None where the marks fit no number (`17.03.2025`).
    """
    marks = _MARKS.findall(form)
    if not marks:
        return float(form)
    groups = _MARKS.split(form)
    if marks[-1] == "٫":
        return _join(groups)
    if all(mark in "٬'" for mark in marks):
        return float("".join(groups)) if _thousands(groups) else None
    if len(marks) == 1:
        return float("".join(groups)) if _thousands(groups) and not decimal else _join(groups)
    if not _thousands(groups[:-1]):
        return None
    other = marks[-1] not in marks[:-1]
    if len(groups[-1]) == 3 and not other:
        return float("".join(groups))
    # Both marks, or one mark with a short last group: the last one is the decimal mark (1.200,50 and 5.500.000.00).
    return _join(groups) if other or len(groups[-1]) <= 2 else None


def _thousands(groups: list[str]) -> bool:
    """Whether the groups are those of a number written in thousands: `1.533.600`, not `0.580`."""
    return (
        0 < len(groups[0]) <= 3
        and groups[0].lstrip("0") != ""
        and all(len(group) == 3 for group in groups[1:])
    )


def _join(groups: list[str]) -> float:
    return float("".join(groups[:-1]) + "." + groups[-1])
