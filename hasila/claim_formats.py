"""Claims for programs (JSON, CSV) and for people (a table, a number, a sentence cut to size)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import IO, TYPE_CHECKING, Final

from rich.table import Table

from hasila.problems import printable

if (
    TYPE_CHECKING
):  # importing the rules takes a quarter of a second, which commands that read none need not wait for
    from rules.records import Claim

_LINE_ENDS: Final = {code: f"\\u{code:04x}" for code in (0x85, 0x2028, 0x2029)}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_json(value: object) -> str:
    """One line of JSON, Arabic as it is, dates in ISO.

    What some programs take for the end of a line (U+0085, U+2028, U+2029) is escaped.
    """
    return json.dumps(value, ensure_ascii=False, default=_encode).translate(_LINE_ENDS)


def _encode(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def claim_record(claim: Claim) -> dict[str, object]:
    """Return all fields of a claim in their order, ready for `as_json`; whole numbers without `.0`."""
    record: dict[str, object] = asdict(claim)
    for name in ("value", "value_high"):
        number = record[name]
        if isinstance(number, float) and number.is_integer():
            record[name] = int(number)
    return record


def write_claims_csv(rows: Iterable[tuple[object, Claim]], out: IO[str]) -> None:
    """Write a table of claims, the id of their document in the first column.

    A cell of text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    from rules.records import Claim  # noqa: PLC0415 - see above

    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("id", *(field.name for field in fields(Claim))))
    for identity, claim in rows:
        writer.writerow([_cell(identity), *(_cell(value) for value in claim_record(claim).values())])


def _cell(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, tuple):
        value = " ".join(map(str, value))
    text = (
        value.isoformat() if isinstance(value, date) else value if isinstance(value, str) else as_json(value)
    )
    return f"'{text}" if text.startswith(_FORMULA) else text


def claims_table(claims: Iterable[Claim], title: str) -> Table:
    """A table of claims for a terminal. Cells are short: terminals reorder Arabic only within a line."""
    table = Table(title=printable(title) or None, title_justify="left", show_edge=False, pad_edge=False)
    for name, options in _COLUMNS.items():
        table.add_column(name, **options)  # type: ignore[arg-type]
    for claim in claims:
        table.add_row(
            claim.kind,
            printable(claim.text),
            _value(claim),
            claim.unit or "",
            " ".join(filter(None, (claim.qualifier, claim.change)))
            if claim.qualifier != "exact"
            else claim.change or "",
            period(claim.when_start, claim.when_end, claim.when_relation),
            claim.indicator or "",
        )
    return table


_COLUMNS: Final[Mapping[str, Mapping[str, object]]] = {
    "kind": {},
    "text": {"justify": "right", "overflow": "fold"},
    "value": {"justify": "right", "no_wrap": True},
    "unit": {},
    "said as": {},
    "when": {},
    "indicator": {},
}


def _value(claim: Claim) -> str:
    low = "" if claim.value is None else number(claim.value)
    return low if claim.value_high is None else f"{low} to {number(claim.value_high)}"


def number(value: float) -> str:
    """Write a number with spaces between the thousands and at most two decimals: `1 250 000`, `4.35`."""
    text = f"{value:,.2f}".replace(",", " ")
    return text.rstrip("0").rstrip(".") if "." in text else text


def period(start: date | str | None, end: date | str | None, relation: str | None) -> str:
    """Write when something held: `as_of 2025-12-31`, `during 2024-01-01/2024-12-31`; "" where nothing is known."""
    ends = [str(day) for day in (start, end) if day]
    if len(ends) == 2 and ends[0] == ends[1]:
        ends.pop()
    return " ".join(filter(None, (relation, "/".join(ends))))


def excerpt(text: str, start: int, end: int, *, width: int = 60) -> str:
    """Cut `text` to about `width` code points around the span `start`:`end`, at spaces, with an ellipsis where cut."""
    room = max(0, width - (end - start)) // 2
    left = max(0, start - room)
    right = min(len(text), end + room + max(0, room - start))
    left = max(0, left - max(0, end + room - len(text)))
    if left > 0:
        space = text.find(" ", left, start)
        left = space + 1 if space >= 0 else start
    if right < len(text):
        space = text.rfind(" ", end, right)
        right = space if space >= 0 else end
    return ("…" if left > 0 else "") + printable(text[left:right]) + ("…" if right < len(text) else "")
