"""Numbers written in words, in every gender and case: what `parse_numeral` must read back."""

from __future__ import annotations

_UNITS = {  # feminine noun, masculine noun
    1: ("واحدة", "واحد"), 3: ("ثلاث", "ثلاثة"), 4: ("أربع", "أربعة"), 5: ("خمس", "خمسة"),
    6: ("ست", "ستة"), 7: ("سبع", "سبعة"), 8: ("ثماني", "ثمانية"), 9: ("تسع", "تسعة"), 10: ("عشر", "عشرة"),
}  # fmt: skip
_TENS = {2: "عشر", 3: "ثلاث", 4: "أربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان", 9: "تسع"}
_HUNDREDS = {3: "ثلاث", 4: "أربع", 5: "خمس", 6: "ست", 7: "سبع", 8: "ثمان", 9: "تسع"}
_SCALES = (
    (10**12, "تريليون", "تريليونات"),
    (10**9, "مليار", "مليارات"),
    (10**6, "مليون", "ملايين"),
    (10**3, "ألف", "آلاف"),
)


def _under_hundred(number: int, *, feminine: bool, oblique: bool, join: str) -> str:
    ending = "ين" if oblique else "ون"
    gender = 0 if feminine else 1
    if number == 2:
        return {(0, 0): "اثنان", (0, 1): "اثنين", (1, 0): "اثنتان", (1, 1): "اثنتين"}[
            (int(feminine), int(oblique))
        ]
    if number <= 10:
        return _UNITS[number][gender]
    if number == 11:
        return "إحدى عشرة" if feminine else "أحد عشر"
    if number == 12:
        return {
            (0, 0): "اثنا عشر", (0, 1): "اثني عشر", (1, 0): "اثنتا عشرة", (1, 1): "اثنتي عشرة",
        }[(int(feminine), int(oblique))]  # fmt: skip
    if number < 20:
        return _UNITS[number - 10][gender] + (" عشرة" if feminine else " عشر")
    tens = _TENS[number // 10] + ending
    if number % 10 == 0:
        return tens
    return _under_hundred(number % 10, feminine=feminine, oblique=oblique, join=join) + join + tens


def _under_thousand(number: int, *, feminine: bool, oblique: bool, join: str, hundred: str) -> str:
    parts = []
    if number >= 100:
        many = number // 100
        if many == 1:
            parts.append(hundred)
        elif many == 2:
            parts.append(hundred[:-1] + ("تين" if oblique else "تان"))
        else:
            parts.append(_HUNDREDS[many] + hundred)
    if number % 100:
        parts.append(_under_hundred(number % 100, feminine=feminine, oblique=oblique, join=join))
    return join.join(parts)


def in_words(
    number: int, *, feminine: bool = False, oblique: bool = False, join: str = " و", hundred: str = "مائة"
) -> str:
    """`number` (1 to 10**13) in words. `join` is و with the space that it has; `hundred` is مائة or مئة."""
    parts = []
    rest = number
    for scale, one, many in _SCALES:
        count, rest = divmod(rest, scale)
        if count == 1:
            parts.append(one)
        elif count == 2:
            parts.append(one + ("ين" if oblique else "ان"))
        elif count:
            written = _under_thousand(count, feminine=False, oblique=oblique, join=join, hundred=hundred)
            if count in (100, 200) and count == 200:
                written = written[:-1]  # the construct: مائتا ألف
            parts.append(
                written
                + " "
                + (many if 3 <= count % 100 <= 10 else one if count % 100 in (0, 1, 2) else one + "ا")
            )
    if rest:
        parts.append(_under_thousand(rest, feminine=feminine, oblique=oblique, join=join, hundred=hundred))
    return join.join(parts)
