"""Reading archives: the pages of a WARC file, ours or another's, and the texts of a WET file (Common Crawl).

A record that is broken is named and passed over, and the next one found: one bad sector does not cost an archive. It must
not import Scrapy: the command line reads files with it.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from extract.records import Page

LARGEST_PAGE: Final = 5 * 1024 * 1024
"""Bytes of a page, unpacked; as for pages that are fetched."""
LARGEST_RECORD: Final = 64 * 1024 * 1024
_GZIP: Final = b"\x1f\x8b\x08"
_WARC: Final = b"WARC/1."
_CHUNK: Final = 1 << 18
_HTML: Final = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedText:
    """A page that was archived as text (a `conversion` record)."""

    url: str
    text: str
    at: datetime | None
    """When the page was fetched, UTC."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenRecord:
    """A record that cannot be read."""

    offset: int
    """Where it begins in the file, in bytes."""
    reason: str


def is_archive(path: Path) -> bool:
    """Whether a file is an archive, by its first bytes. Raises OSError where it cannot be read."""
    with path.open("rb") as file:
        start = file.read(_CHUNK)
    if start.startswith(_GZIP):
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(start, 64)
        except zlib.error:
            return path.name.endswith((".warc.gz", ".wet.gz"))
    return start.startswith(_WARC)


def read_archive(path: Path) -> Iterator[Page | ArchivedText | BrokenRecord]:
    """Yield the HTML pages (status 200) and the texts of an archive in their order, and what could not be read.

    Requests, revisits, other media types and other answers are passed over. Raises OSError.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        pieces = _members(data) if data[: len(_GZIP)] == _GZIP else _plain_records(data)
        for offset, piece in pieces:
            if isinstance(piece, BrokenRecord):
                yield piece
                continue
            yield from _read(offset, piece)


def read_page(path: Path, offset: int, length: int) -> Page | BrokenRecord:
    """Return the page of one record, whose place is known (`pages.archive_offset`). Raises OSError."""
    with path.open("rb") as file:
        file.seek(offset)
        data = file.read(length)
    try:
        unpacked = zlib.decompress(data, zlib.MAX_WBITS | 16)
    except zlib.error as error:
        return BrokenRecord(offset=offset, reason=f"cannot be unpacked: {error}")
    for found in _read(offset, unpacked, any_type=True):
        if not isinstance(found, ArchivedText):
            return found
    return BrokenRecord(offset=offset, reason="holds no page")


def record_at(path: Path, offset: int) -> Page | ArchivedText | BrokenRecord:
    """Return what the record holds that begins at a byte of an archive, of any media type. Raises OSError."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        start = data[offset : offset + len(_WARC)]
        if not start.startswith((_GZIP, _WARC)):
            return BrokenRecord(offset=offset, reason="no record begins there")
        pieces = _members(data, offset) if start.startswith(_GZIP) else _plain_records(data, offset)
        _, piece = next(pieces)
        if isinstance(piece, BrokenRecord):
            return piece
        return next(_read(offset, piece, any_type=True), BrokenRecord(offset=offset, reason="holds no page"))


def _members(data: mmap.mmap, position: int = 0) -> Iterator[tuple[int, bytes | BrokenRecord]]:
    """The gzip members of a file, unpacked; after a broken one the next that can be read."""
    size = len(data)
    while 0 <= position < size:
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        unpacked = bytearray()
        at = position
        reason = ""
        try:
            while not member.eof and at < size and not reason:
                chunk = data[at : at + _CHUNK]
                at += len(chunk)
                unpacked += member.decompress(chunk, LARGEST_RECORD + 1 - len(unpacked))
                if member.unconsumed_tail:
                    reason = f"is larger than {LARGEST_RECORD >> 20} MiB"
        except zlib.error as error:
            reason = f"cannot be unpacked: {error}"
        if not reason and not member.eof:
            reason = "ends too early"
        if reason:
            yield position, BrokenRecord(offset=position, reason=reason)
            position = _resume(data, position)
            continue
        yield position, bytes(unpacked)
        position = at - len(member.unused_data)


def _resume(data: mmap.mmap, broken: int) -> int:
    """The offset of the next gzip member that holds a record; -1 for none."""
    position = broken
    while (position := data.find(_GZIP, position + 1)) >= 0:
        try:
            start = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data[position : position + 4096], 64)
        except zlib.error:
            continue
        if start.startswith(_WARC):
            return position
    return -1


def _plain_records(data: mmap.mmap, position: int = 0) -> Iterator[tuple[int, bytes | BrokenRecord]]:
    """The records of a file that is not compressed; one begins where a line begins with its version."""
    size = len(data)
    while 0 <= position < size:
        end = _end_of_record(data, position)
        if end is None or end - position > LARGEST_RECORD:
            yield position, BrokenRecord(offset=position, reason="has no readable header or ends too early")
            found = data.find(b"\n" + _WARC, position)
            position = found + 1 if found >= 0 else -1
            continue
        yield position, data[position:end]
        position = end


def _end_of_record(data: mmap.mmap, position: int) -> int | None:
    header_end = data.find(b"\r\n\r\n", position, position + 65536)
    if header_end < 0 or data[position : position + len(_WARC)] != _WARC:
        return None
    for line in data[position:header_end].split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length" and value.strip().isdigit():
            end = header_end + 4 + int(value)
            return end + 4 if data[end : end + 4] == b"\r\n\r\n" else None
    return None


def _read(
    offset: int, piece: bytes, *, any_type: bool = False
) -> Iterator[Page | ArchivedText | BrokenRecord]:
    try:
        for record in ArchiveIterator(BytesIO(piece), check_digests=True):
            found = _page_or_text(record, any_type=any_type)
            if record.digest_checker.passed is False:
                yield BrokenRecord(offset=offset, reason="; ".join(record.digest_checker.problems))
            elif isinstance(found, str):
                yield BrokenRecord(offset=offset, reason=found)
            elif found is not None:
                yield found
    except (ArchiveLoadFailed, EOFError, ValueError, zlib.error) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        yield BrokenRecord(offset=offset, reason=reason)


def _page_or_text(record: Any, *, any_type: bool) -> Page | ArchivedText | str | None:
    """What a record holds; None for nothing of interest, a string for what is wrong with it."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    at = _moment(record.rec_headers.get_header("WARC-Date"))
    if record.rec_type == "conversion":
        body = record.content_stream().read(LARGEST_PAGE + 1)
        return ArchivedText(url=url, text=body.decode("utf-8", "replace"), at=at)
    if record.rec_type != "response" or record.http_headers is None:
        return None
    headers = {name.lower(): value for name, value in record.http_headers.headers}
    status = record.http_headers.get_statuscode()
    media = headers.get("content-type", _HTML[0]).partition(";")[0].strip().lower()
    if status != "200" or not (any_type or media in _HTML):
        return None
    body = _unpacked(record, headers.get("content-encoding", ""))
    if len(body) > LARGEST_PAGE:
        return f"holds a page larger than {LARGEST_PAGE >> 20} MiB"
    # What is left is read as well, for the digest.
    while record.raw_stream.read(_CHUNK):
        pass
    return Page(body=body, url=url, status=200, headers=headers, fetched_at=at)


def _unpacked(record: Any, coding: str) -> bytes:
    """The payload without its content coding, at most a byte more than LARGEST_PAGE."""
    coding = coding.strip().lower()
    if coding == "br":  # warcio 1.8 cannot use the brotli of today
        import brotli  # type: ignore[import-untyped]  # noqa: PLC0415 - hardly any archive needs it

        try:
            packed = record.raw_stream.read()
            return bytes(brotli.Decompressor().process(packed, output_buffer_limit=LARGEST_PAGE + 1))
        except brotli.error as error:
            raise ValueError(str(error)) from error
    if coding != "zstd":
        body: bytes = record.content_stream().read(LARGEST_PAGE + 1)
        return body
    from backports import zstd  # noqa: PLC0415 - the same

    with zstd.ZstdFile(BytesIO(record.raw_stream.read())) as file:
        unpacked: bytes = file.read(LARGEST_PAGE + 1)
    return unpacked


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
