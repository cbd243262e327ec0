"""Publication dates as newspapers write them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from extract import parse_published

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2025-09-17", "2025-09-17T00:00:00+01:00"),
        ("2020-10-02 16:00", "2020-10-02T16:00:00+01:00"),
        ("2020-10-02 9:05:30", "2020-10-02T09:05:30+01:00"),
        ("2024-03-03T10:00:00Z", "2024-03-03T10:00:00+00:00"),
        ("2024-03-03T10:00:00.000+0300", "2024-03-03T10:00:00+03:00"),
        ("الجمعة 02 أكتوبر 2020 - 16:00", "2020-10-02T16:00:00+01:00"),
        ("10 - 04 - 2023", "2023-04-10T00:00:00+00:00"),  # Ramadan: UTC+0
        ("نشر في اليوم 24 يوم 10 - 04 - 2023", "2023-04-10T00:00:00+00:00"),
        ("سبتمبر 17, 2025", "2025-09-17T00:00:00+01:00"),
        ("الأربعاء, ديسمبر 17, 2025", "2025-12-17T00:00:00+01:00"),
        ("17 شتنبر 2025", "2025-09-17T00:00:00+01:00"),
        ("٢٠ ماي ٢٠٢٤", "2024-05-20T00:00:00+01:00"),
        ("9 غشت، 2021", "2021-08-09T00:00:00+01:00"),
        ("3 كانون الثاني/يناير 2024", "2024-01-03T00:00:00+01:00"),
        ("11 مارس/ آذار 2020", "2020-03-11T00:00:00+01:00"),
        ("5 جويلية 2022", "2022-07-05T00:00:00+01:00"),
        ("2020/12/25 - 1:59 صباحًا", "2020-12-25T01:59:00+01:00"),
        ("25/12/2020 - 1:59 مساء", "2020-12-25T13:59:00+01:00"),
        ("16:05 2020.03.17", "2020-03-17T16:05:00+01:00"),
        ("04/21/2021", "2021-04-21T00:00:00+00:00"),  # only the American order makes a date of it
        ("Le 07/04/2025 à 12h18", "2025-04-07T12:18:00+01:00"),
        ("1er août 2022", "2022-08-01T00:00:00+01:00"),
        ("Wed, 17 Sep 2025 10:00:00 +0000", "2025-09-17T10:00:00+00:00"),
        ("منذ 3 ساعات", "2026-01-01T10:00:00+01:00"),
        ("مند ساعتين", "2026-01-01T11:00:00+01:00"),
        ("قبل يوم", "2025-12-31T13:00:00+01:00"),
        ("il y a 2 jours", "2025-12-30T13:00:00+01:00"),
        ("3 hours ago", "2026-01-01T10:00:00+01:00"),
        ("mardi 3 juil. de l'an 2022", None),
        ("3 juil. 2022", "2022-07-03T00:00:00+01:00"),
        ("31/02/2020", None),
        ("17 سبتمبر", None),
        ("بعد ثلاثة أيام", None),
        ("", None),
    ],
)
def test_published(raw: str, expected: str | None) -> None:
    found = parse_published(raw, now=NOW)
    assert (found.isoformat() if found else None) == expected


def test_relative_date_needs_a_now() -> None:
    assert parse_published("منذ 3 ساعات") is None


def test_a_paragraph_is_no_date_line() -> None:
    assert parse_published("قال الوزير يوم 17 شتنبر 2025 " * 20) is None


def test_usual_dates_do_not_import_dateparser() -> None:
    code = (
        "import sys; from extract import parse_published; "
        "assert parse_published('17 شتنبر 2025') and parse_published('abc') is None; "
        "sys.exit('dateparser' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_dateparser_reads_what_own_patterns_do_not() -> None:
    found = parse_published("2022, 3 juillet")
    assert found is not None
    assert found.date().isoformat() == "2022-07-03"
