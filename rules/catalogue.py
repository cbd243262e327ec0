"""The catalogue of indicators: the named series that analysts follow, read from `lexicon/indicators.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rules.lexicon import FOLDER, LexiconError, read_table
from rules.records import KINDS


@dataclass(frozen=True, slots=True)
class Indicator:
    """A programme, a measure and a unit."""

    slug: str
    """`programme.measure`, unique."""
    label_ar: str
    label_fr: str
    label_en: str
    kind: str
    """One of `rules.records.KINDS`: what the numbers of the series are."""
    programmes: tuple[str, ...]
    """Names of `[programme.…]` in `programmes.toml`."""
    units: tuple[str, ...] = ()
    """Units that fit a number tied to the programme; "" is a number whose noun or currency is understood."""
    units_if_said: tuple[str, ...] = ()
    """Units that fit only where one of `said` stands by the number."""
    said: tuple[str, ...] = ()
    """Names of `[measure.…]`: words of this measure, which also tie a number of a later sentence to it."""
    carried_by: tuple[str, ...] = ()
    """The measures that do so, where not all of `said` do."""
    per: tuple[str, ...] = ()
    """Rates that its numbers may be told at."""
    least: float = 0.0
    """Least value that can be meant."""
    most: float = float("inf")
    """Greatest value that can be meant."""


_TEXTS = ("slug", "label_ar", "label_fr", "label_en", "kind")
_LISTS = ("programmes", "units", "units_if_said", "said", "carried_by", "per")
_NUMBERS = ("least", "most")


def _fail(path: Path, number: int, slug: object, message: str) -> LexiconError:
    """`number`: which [[indicator]] of the file, from 0; its line is looked up."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [line for line, text in enumerate(lines, 1) if text.strip() == "[[indicator]]"]
    line = starts[number] if number < len(starts) else 1
    return LexiconError(f"{path}:{line}: [[indicator]] {slug}: {message}")


def _indicator(row: Mapping[str, Any]) -> Indicator:
    """Raises ValueError with what is wrong with the table."""
    for key in row:
        if key not in (*_TEXTS, *_LISTS, *_NUMBERS):
            raise ValueError(f"`{key}` is no key of an indicator")
    for key in _TEXTS:
        if not isinstance(row.get(key), str) or not row[key].strip():
            raise ValueError(f"`{key}` must be a text, and not empty")
    for key in _LISTS:
        value = row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ValueError(f"`{key}` must be a list of strings")
    for key in _NUMBERS:
        if not isinstance(row.get(key, 0), int | float):
            raise ValueError(f"`{key}` must be a number")
    if row["kind"] not in KINDS:
        raise ValueError(f"`kind` must be one of {', '.join(KINDS)}")
    if not row.get("programmes"):
        raise ValueError("`programmes` must not be empty")
    if not row.get("units") and not row.get("units_if_said"):
        raise ValueError("`units` must not be empty")
    if row.get("units_if_said") and not row.get("said"):
        raise ValueError("`units_if_said` needs `said`")
    fields: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in row.items()}
    return Indicator(**fields)


def load_catalogue(path: Path = FOLDER / "indicators.toml") -> tuple[Indicator, ...]:
    """The indicators, in the order of the file.

    Raises:
        LexiconError: the file is broken; the message names file, line and key.
    """
    found: dict[str, Indicator] = {}
    for number, row in enumerate(read_table(path).get("indicator", [])):
        slug = row.get("slug")
        try:
            made = _indicator(row)
        except ValueError as error:
            raise _fail(path, number, slug, str(error)) from None
        if made.slug in found:
            raise _fail(path, number, slug, "`slug` stands twice")
        found[made.slug] = made
    if not found:
        raise LexiconError(f"{path}:1: indicator: there is no [[indicator]] table")
    return tuple(found.values())


_CATALOGUE = load_catalogue()


def catalogue() -> tuple[Indicator, ...]:
    """Every indicator, in the order of the file."""
    return _CATALOGUE
