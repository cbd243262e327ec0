"""The catalogue of indicators, from the rules to the database."""

from __future__ import annotations

from rules.catalogue import catalogue
from store import Indicator, Store


def load_catalogue(store: Store) -> None:
    """Write the catalogue into a database, without which no claim of an indicator can be stored.

    A series that fits several units is kept under the first, which is its own: `household` of `household`, `file`.
    """
    store.load_indicators(
        Indicator(
            slug=each.slug,
            label_ar=each.label_ar,
            label_fr=each.label_fr,
            label_en=each.label_en,
            unit=next((unit for unit in (*each.units, *each.units_if_said) if unit), ""),
        )
        for each in catalogue()
    )
