"""Bytes to text: byte order mark, header, meta and the content itself; the first three may lie.

UTF-8 that is valid and holds non-ASCII characters is UTF-8, whatever is declared: Arabic in a one-byte
encoding is practically never valid UTF-8. Otherwise the candidates are decoded and the reading with the
most Arabic in it, spelled like Arabic, wins; a declaration decides only between equally good readings.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from extract.records import Page

_PIECE = 2_048
_WHOLE = 32_768  # bytes up to which a page is looked at whole
_PIECES = 10
_SAMPLE = 200_000  # bytes looked at to choose between one-byte encodings
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"\x00\x00\x00 ftyp",
    b"Rar!",
    b"\x7fELF",
)
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\x0c\x1b")
# Words of which no Arabic text of a paragraph is free, and the article, as they look when read rightly.
_ARABIC_WORDS = re.compile(r"(?<!\w)(?:ال\w{2,}|وال\w{2,}|في|من|على|إلى|أن|التي|عن|هذا|مع)(?!\w)")
_ARABIC_LETTER = re.compile("[\u0621-\u063a\u0641-\u064a]")
# What wrong readings are full of: accented capitals and symbols, unassigned bytes, Persian letters in odd places.
_GARBAGE = re.compile(
    "[\u0080-\u009f\u00a1-\u00aa\u00ac-\u00b6\u00b8-\u00ba\u00bc-\u00bf\u00c0-\u00df\ufffd×÷]"
)
_MIXED = re.compile("[a-z](?:[\u0621-\u064a])|(?:[\u0621-\u064a])[a-z]")  # no word is of two scripts
_LATIN = re.compile("[a-zà-öø-ÿœ]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a page and the encoding it was read in."""

    encoding: str
    utf8: bytes
    """The text as UTF-8 without a byte order mark, as the parser takes it."""

    @property
    def text(self) -> str:
        """The text of the page."""
        return self.utf8.decode("utf-8", "replace")


def _known(name: str | None) -> str | None:
    """Return Python's name of an encoding; None for what it does not know or must not be used for pages."""
    if not name:
        return None
    try:
        found = codecs.lookup(name.strip()).name
    except (LookupError, ValueError):
        return None
    # WHATWG Encoding: the labels latin1 and ascii mean windows-1252 on the web.
    aliases = {"iso8859-1": "cp1252", "ascii": "cp1252"}
    return (
        aliases.get(found, found)
        if not found.startswith(("base64", "hex", "rot", "zlib", "bz2", "uu", "quopri"))
        else None
    )


def _as_decoded(text: str, encoding: str) -> Decoded:
    text = text.removeprefix("\ufeff")
    return Decoded(encoding, text.encode("utf-8", "replace"))


def _utf16_without_mark(body: bytes) -> str | None:
    """Recognise UTF-16 by its zero bytes: markup is ASCII, so every other byte of a tag is zero."""
    head = body[:2000]
    if len(head) < 4 or head.count(0) < len(head) // 20:
        return None
    odd, even = head[1::2].count(0), head[::2].count(0)
    if min(odd, even) * 10 > max(odd, even):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _quality(text: str) -> float:
    """Measure how much a reading looks like a language: Arabic words count most, garbage against it."""
    arabic = len(_ARABIC_LETTER.findall(text))
    words = len(_ARABIC_WORDS.findall(text))
    mixed = len(_MIXED.findall(text))
    return (
        6.0 * words
        - 1.0 * mixed
        + 0.2 * arabic
        + 0.05 * len(_LATIN.findall(text))
        - 1.0 * len(_GARBAGE.findall(text))
    )


def _by_content(body: bytes, declared: list[str]) -> Decoded:
    sample = body[:_SAMPLE]
    non_ascii = re.findall(rb"[^\x00-\x7f][^<>]*", sample)
    compact = b" ".join(non_ascii)[:50_000]
    best_name, best = "cp1252", float("-inf")
    candidates = dict.fromkeys([*declared, "cp1256", "iso8859_6", "cp1252", "utf-8"])
    for rank, name in enumerate(candidates):
        text = compact.decode(name, "replace")
        # Invalid bytes weigh by the character they spoil: a UTF-8 page cut in the middle has one.
        quality = _quality(text) - 0.001 * rank
        if quality > best:
            best_name, best = name, quality
    return _as_decoded(body.decode(best_name, "replace"), best_name)


def _is_utf8(body: bytes) -> bool:
    """Tell whether the page is UTF-8, by its beginning and pieces from all over it.

    A few invalid bytes elsewhere make it no other encoding; they are read as U+FFFD.
    """
    size = len(body)
    step = _PIECE if size <= _WHOLE else size // _PIECES
    try:
        for start in range(0, size, step):
            at = start
            while start and at < size and at < start + 4 and 0x80 <= body[at] < 0xC0:
                at += 1  # the rest of a character
            codecs.utf_8_decode(body[at : start + _PIECE], "strict", start + _PIECE >= size)
    except UnicodeDecodeError:
        return False
    return True


def looks_binary(body: bytes) -> bool:
    """Tell bytes that are no text in any encoding: known file magics, or many control characters."""
    if body.startswith(_BINARY):
        return True
    head = body[:2048]
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls > max(4, len(head) // 50) and _utf16_without_mark(body) is None


def decode(page: Page) -> Decoded | None:
    """Decode a page; None when its bytes are no text. An unknown `page.charset` is treated as not given."""
    body = page.body
    for mark, name in _BOMS:
        if body.startswith(mark):
            return _as_decoded(body[len(mark) :].decode(name, "replace"), name)
    insisted = _known(page.charset)
    if insisted:
        return _as_decoded(body.decode(insisted, "replace"), insisted)
    if looks_binary(body):
        return None
    if _is_utf8(body) and b"\x00" not in body[:2000]:
        return Decoded("utf-8", body)
    wide = _utf16_without_mark(body)
    if wide:
        return _as_decoded(body.decode(wide, "replace"), wide)
    head = body[:4096]
    header = _HEADER.search(page.headers.get("content-type", ""))
    meta = _META.search(head)
    xml = _XML.search(head)
    names = (header[1] if header else None, *(match[1].decode("ascii") for match in (meta, xml) if match))
    declared = [name for name in map(_known, names) if name]
    return _by_content(body, declared)
