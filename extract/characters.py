"""Characters as a body carries them: what is dropped, what is folded, and what stays as it was published."""

from __future__ import annotations

import re
import unicodedata

# Zero-width characters, bidirectional controls, the byte order mark, the soft hyphen and C0/C1 controls.
# U+200C and U+200D are dropped too, save between letters of Indic scripts, where they are spelling (see below).
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)
_JOINERS = re.compile(
    "(?<![\u0900-\u0dff\u200d\U0001f000-\U0001faff\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+(?=\\s|$)"
)
# Arabic presentation forms A and B: glyphs, not letters; old systems store text with them.
_PRESENTATION = re.compile("[\ufb50-\ufd3d\ufd50-\ufdf9\ufdfb-\ufdfc\ufe70-\ufefc]+")
_ANY_ODD = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufb50-\ufefc"
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]"
)


def _unfold(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def tidy(text: str) -> str:
    """Collapse whitespace to single spaces, drop invisible characters, turn presentation forms into letters.

    Everything else (quotes, digits, diacritics, tatweel) stays as it was published.
    """
    text = text.strip()
    if text.isprintable():
        # No whitespace but the space, no control and no invisible character is printable; what is left to look for
        # begins with EF (presentation forms) or CD (the grapheme joiner) in UTF-8, which is searched fastest.
        utf8 = text.encode()
        if b"\xef" not in utf8 and b"\xcd" not in utf8:
            return " ".join(text.split()) if "  " in text else text
    if _ANY_ODD.search(text) is not None:
        text = _PRESENTATION.sub(_unfold, text)
        text = _JOINERS.sub("", _INVISIBLE.sub("", text))
    return " ".join(text.split())


_LONG_WORD = 16  # characters a word takes at most on average, in scripts with spaces
_CHARS_A_WORD = 4  # in scripts without


def count_words(text: str) -> int:
    """Count the words of a stripped text; where the script has no spaces (Chinese, Japanese, Thai), by its length."""
    if "  " in text or "\n" in text or "\xa0" in text or "\t" in text:
        words = len(text.split())
    else:
        words = text.count(" ") + 1 if text else 0
    if words * _LONG_WORD < len(text) and not text.isascii():
        return len(text) // _CHARS_A_WORD
    return words


# Folding for comparison only; never for text that is stored.
_FOLD = str.maketrans(
    {
        **dict.fromkeys("أإآٱ", "ا"),
        "ى": "ي",
        "ئ": "ي",
        "ؤ": "و",
        "ة": "ه",
        "ـ": None,
        **{chr(code): None for code in (*range(0x064B, 0x0660), 0x0670)},
        **{chr(0x0660 + n): str(n) for n in range(10)},
        **{chr(0x06F0 + n): str(n) for n in range(10)},
    }
)
_RARE = re.compile("[\u0640\u064b-\u065f\u0670\u0660-\u0669\u06f0-\u06f9]")
_NOT_WORD = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Lower case, Arabic letters without their variants and diacritics, western digits; for comparisons."""
    if _RARE.search(text) is not None:
        return text.translate(_FOLD).lower()
    # Without diacritics eight replacements do, at a tenth of the cost of a translation.
    text = text.replace("أ", "ا").replace("إ", "ا").replace("آ", "ا").replace("ٱ", "ا")
    return text.replace("ى", "ي").replace("ئ", "ي").replace("ؤ", "و").replace("ة", "ه").lower()


def key(text: str) -> str:
    """Return the words of `text`, folded and joined by single spaces: two lines with one key say the same."""
    words: list[str] = []
    for word in fold(text).split():
        if word.isalnum():
            words.append(word)
        else:
            words += _NOT_WORD.sub(" ", word).split()
    return " ".join(words)
