"""Publication dates: ISO or as newspapers write them.

Own patterns come first; dateparser is the fallback. It costs 0.3 s to import and milliseconds a call, so
it is imported only when a string with a year in it was not understood.
"""

from __future__ import annotations

import contextlib
import re
import tomllib
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path

from extract.characters import fold, tidy
from extract.records import CASABLANCA

MAX_DATE_CHARS = 160
"""Longer strings are sentences, not date lines."""

_EARLIEST_YEAR, _LATEST_YEAR = 1950, 2100


def _load_months() -> dict[str, int]:
    data = tomllib.loads(Path(__file__).with_name("months.toml").read_text("utf-8"))
    return {fold(name): int(number) for number, names in data.items() for name in names}


_MONTHS = _load_months()
_MONTH = "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True))

_ISO = re.compile(
    r"(?<!\d)(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})"
    r"(?:[t ]+(?P<clock>\d{1,2}:\d{2}(?::\d{2})?)(?:[.,]\d+)? ?(?P<zone>z|utc|gmt|[+-]\d{2}:?\d{2})?)?(?![\d-])"
)
_MACHINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)")  # as most pages write it
_SEP = r" ?[-/.] ?"
_DAY_FIRST = re.compile(
    rf"(?<![\d.,])(?P<d>\d{{1,2}}){_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<y>(?:19|20)\d{{2}})(?!\d)"
)
_YEAR_FIRST = re.compile(
    rf"(?<![\d.,])(?P<y>(?:19|20)\d{{2}}){_SEP}(?P<m>\d{{1,2}}){_SEP}(?P<d>\d{{1,2}})(?!\d)"
)
# `17 شتنبر 2025`, `11 مارس/ آذار 2024`, `17 de septembre 2025`
_DAY_MONTH = re.compile(
    rf"(?<!\d)(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?[ \-/.،,]{{0,3}}(?:من )?(?P<m>{_MONTH})\b\.?"
    rf"(?: ?[/(] ?(?:{_MONTH})\b\)?)?[ \-/.،,]{{0,3}}(?:سنه |عام )?(?P<y>(?:19|20)\d{{2}})(?!\d)"
)
# `سبتمبر 17, 2025`
_MONTH_DAY = re.compile(
    rf"\b(?P<m>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?[ ،,]{{1,3}}(?P<y>(?:19|20)\d{{2}})(?!\d)"
)
_CLOCK = re.compile(
    r"(?<![\d:])(?P<h>\d{1,2}) ?[:h] ?(?P<min>\d{2})(?::(?P<s>\d{2}))?(?!\d)"
    r"(?: ?(?P<half>صباحا|مساء|ص\b|م\b|a\.?m\b|p\.?m\b))?"
    r"(?: ?(?P<zone>gmt|utc|z\b|[+-]\d{2}:?\d{2}))?"
)
_UNITS: dict[str, timedelta] = {
    **dict.fromkeys(("ثانيه", "ثواني", "ثوان", "second", "seconde"), timedelta(seconds=1)),
    **dict.fromkeys(("دقيقه", "دقايق", "minute", "min"), timedelta(minutes=1)),
    **dict.fromkeys(("ساعه", "ساعات", "hour", "heure"), timedelta(hours=1)),
    **dict.fromkeys(("يوم", "ايام", "يوما", "day", "jour"), timedelta(days=1)),
    **dict.fromkeys(("اسبوع", "اسابيع", "اسبوعا", "week", "semaine"), timedelta(weeks=1)),
    **dict.fromkeys(("شهر", "اشهر", "شهور", "شهرا", "month", "mois"), timedelta(days=30)),
    **dict.fromkeys(("سنه", "سنوات", "عام", "اعوام", "year", "an"), timedelta(days=365)),
}
_DUALS = {
    "ثانيتين": "ثانيه",
    "دقيقتين": "دقيقه",
    "ساعتين": "ساعه",
    "يومين": "يوم",
    "اسبوعين": "اسبوع",
    "شهرين": "شهر",
    "سنتين": "سنه",
    "عامين": "عام",
}
_UNIT = "|".join(sorted((*_UNITS, *_DUALS), key=len, reverse=True))
_AGO = re.compile(
    rf"(?:(?:منذ|مند|قبل|il y a) (?:(?P<n>\d{{1,3}}|une?|an?) )?(?P<unit>{_UNIT})s?\b"
    rf"|(?P<n2>\d{{1,3}}|an?|une?) (?P<unit2>{_UNIT})s? (?:ago|مضت))"
)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_FOUR_DIGITS = re.compile(r"\d{4}")
"""Every calendar date has a year of four digits; few lines of a page have."""


def _zone(text: str | None) -> tzinfo:
    if not text:
        return CASABLANCA
    if text in ("z", "utc", "gmt"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def _clock(text: str) -> tuple[time, tzinfo]:
    """Find the time of day in what stands beside a date; midnight where there is none."""
    match = _CLOCK.search(text)
    if match is None:
        return time(), CASABLANCA
    hour, half = int(match["h"]), match["half"] or ""
    if half.startswith(("م", "p")) and hour < 12:
        hour += 12
    elif half.startswith(("ص", "a")) and hour == 12:
        hour = 0
    try:
        return time(hour, int(match["min"]), int(match["s"] or 0)), _zone(match["zone"])
    except ValueError:
        return time(), CASABLANCA


def _day(match: re.Match[str]) -> date | None:
    year, month, day = match["y"], match["m"], int(match["d"])
    number = _MONTHS.get(month) or int(month)
    if number > 12 >= day and not match.re.pattern.startswith("(?<!\\d)(?P<y>"):
        number, day = day, number  # 04/21/2022: only the American order makes a date of it
    try:
        found = date(int(year), number, day)
    except ValueError:
        return None
    return found if _EARLIEST_YEAR <= found.year <= _LATEST_YEAR else None


def _relative(text: str, now: datetime) -> datetime | None:
    match = _AGO.search(text)
    if match is None:
        return None
    number, unit = match["n"] or match["n2"] or "1", match["unit"] or match["unit2"]
    count = int(number) if number.isdigit() else 1
    if unit in _DUALS:
        unit, count = _DUALS[unit], 2
    return (now - _UNITS[unit] * count).astimezone(CASABLANCA)


def find_date(raw: str) -> tuple[datetime, tuple[int, int]] | None:
    """Find the first calendar date in a line; return it with the span it takes in `fold(tidy(raw))`.

    Never guesses and never imports dateparser; relative dates are not looked for.
    """
    raw = raw[: 4 * MAX_DATE_CHARS]
    return _find(fold(tidy(raw))) if _FOUR_DIGITS.search(raw) is not None else None


def _find(text: str) -> tuple[datetime, tuple[int, int]] | None:
    match = _ISO.search(text)
    if match is not None:
        day = _day(match)
        if day is not None:
            if not match["clock"]:
                clock, zone = _clock(text[match.end() :])
            else:
                try:
                    clock, zone = (
                        time.fromisoformat(
                            match["clock"] if match["clock"][2:3] == ":" else "0" + match["clock"]
                        ),
                        _zone(match["zone"]),
                    )
                except ValueError:
                    clock, zone = time(), CASABLANCA
            return datetime.combine(day, clock, zone), match.span()
    for pattern in (_DAY_MONTH, _MONTH_DAY, _DAY_FIRST, _YEAR_FIRST):
        match = pattern.search(text)
        if match is not None:
            day = _day(match)
            if day is not None:
                clock, zone = _clock(text[match.end() :])
                if clock == time():
                    clock, zone = _clock(text[: match.start()])
                return datetime.combine(day, clock, zone), match.span()
    return None


def parse_published(raw: str, *, now: datetime | None = None) -> datetime | None:
    """Read a publication date: ISO, a newspaper's date line, or `منذ 3 ساعات` against `now` (aware).

    The zone is Africa/Casablanca unless the string states an offset; midnight where only a day is known.
    Numeric dates are day first, as Moroccan papers write them. Returns None for what is no date, and for
    a relative date without `now`.
    """
    if _MACHINE.fullmatch(raw) is not None:
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(raw)
            if _EARLIEST_YEAR <= moment.year <= _LATEST_YEAR:
                return moment
    text = fold(tidy(raw))
    if not text or len(text) > MAX_DATE_CHARS:
        return None
    found = _find(text)
    if found is not None:
        return found[0]
    if now is not None:
        ago = _relative(text, now)
        if ago is not None:
            return ago
    if _YEAR.search(text) is None:
        return None
    return _by_dateparser(raw)


def day_of(published: datetime) -> date:
    """Return the day on which something was published where the newspaper is: what `اليوم` in its text means.

    UTC is no newspaper's zone but how programs write a moment: `2025-12-31T23:30:00+00:00` is half past midnight of New
    Year's Day in Casablanca. Any other offset is taken for the newspaper's own.
    """
    return (published if published.utcoffset() else published.astimezone(CASABLANCA)).date()


def _by_dateparser(raw: str) -> datetime | None:
    import dateparser  # noqa: PLC0415 - slow to import and rarely needed

    # dateparser refuses two regions of one language in one call, and plain `ar` knows no Moroccan month.
    for locales in (["ar-MA", "fr"], ["ar"]):
        found: datetime | None = dateparser.parse(
            tidy(raw),
            locales=locales,
            settings={
                "REQUIRE_PARTS": ["day", "month", "year"],
                "DATE_ORDER": "DMY",
                "PREFER_LOCALE_DATE_ORDER": False,
            },
        )
        if found is not None and _EARLIEST_YEAR <= found.year <= _LATEST_YEAR:
            return found if found.tzinfo is not None else found.replace(tzinfo=CASABLANCA)
    return None
