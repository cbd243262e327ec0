"""The archive: every answer as it came, in WARC files (ISO 28500, WARC 1.1), compressed a record at a time.

One file a day and site, `SITE/SITE-YYYYMMDD-NNNNN.warc.gz`; the number grows where a file has become too large. Each
answer is a `response` record (or a `revisit` of an earlier one) followed by the `request` that it answers.
"""

from __future__ import annotations

import fcntl
import os
import re
import zlib
from base64 import b32encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha1
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from uuid import uuid4

from warcio.warcwriter import WARCWriter

from store import ArchivePointer

LONGEST_FILE: Final = 1 << 30
"""Bytes after which a file is followed by another: what the WARC guidelines of the IIPC advise."""
_LEVEL: Final = 6
_REVISITS: Final = "http://netpreserve.org/warc/1.1/revisit/"
_UNSAFE: Final = re.compile(r"[^a-z0-9_-]+")

Headers = Sequence[tuple[str, str]]


class ArchiveError(Exception):
    """The archive cannot be written; the message is one line that says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request and its answer, as they went over the wire but for the transfer coding."""

    url: str
    method: str
    request_headers: Headers
    status: int
    headers: Headers
    payload: bytes
    """With its content coding (gzip, br …)."""
    at: datetime
    """When the answer came, UTC."""
    address: str | None = None
    """The IP address that answered; None through a proxy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """The earlier answer that a revisit refers to."""

    at: datetime
    unchanged: bool
    """The payload is the same; else the server said `304 Not Modified`."""


class Archive:
    """The files of a run. `archived_to` gives the offset of the last record of a file that the database knows of."""

    def __init__(
        self,
        folder: Path,
        *,
        about: Mapping[str, str],
        archived_to: Callable[[str], int] = lambda _: 0,
        longest: int = LONGEST_FILE,
    ) -> None:
        self.folder = folder
        self._about = about
        self._archived_to = archived_to
        self._longest = longest
        self._files: dict[str, _WarcFile] = {}

    def write(self, site: str, exchange: Exchange, original: Original | None = None) -> ArchivePointer | None:
        """Append an exchange; return where its answer stands, or None for a revisit, which holds no payload.

        Nothing is on the disk for sure before `sync`. Raises ArchiveError.
        """
        try:
            file = self._file(site, exchange.at)
            answer, request = _records(exchange, original)
            offset = file.append(answer)
            file.append(request)
        except OSError as error:
            raise ArchiveError(
                f"the archive {self.folder} cannot be written: {error.strerror or error}"
            ) from error
        if original is not None:
            return None
        return ArchivePointer(file=file.name, offset=offset, length=len(answer))

    def sync(self) -> None:
        """Bring to the disk what was written. Raises ArchiveError."""
        try:
            for file in self._files.values():
                file.sync()
        except OSError as error:
            raise ArchiveError(
                f"the archive {self.folder} cannot be written: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _file(self, site: str, at: datetime) -> _WarcFile:
        day = at.astimezone(UTC).strftime("%Y%m%d")
        current = self._files.get(site)
        if current and current.day == day and current.size < self._longest:
            return current
        if current:
            current.close()
        name = safe_name(site)
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        taken = sorted(folder.glob(f"{name}-{day}-?????.warc.gz"))
        serial = int(taken[-1].name[-13:-8]) if taken else 0
        while True:
            path = folder / f"{name}-{day}-{serial:05}.warc.gz"
            try:
                opened = _WarcFile(path, f"{name}/{path.name}", day, self._archived_to)
            except BlockingIOError:  # another run, of another database, writes there
                serial += 1
                continue
            if opened.size < self._longest:
                break
            opened.close()
            serial += 1
        if opened.size == 0:
            opened.append(_warcinfo(path.name, self._about))
        self._files[site] = opened
        return opened


def safe_name(text: str) -> str:
    """Return a name for a folder or file: lower case letters, digits, `-` and `_`, nothing that leads elsewhere."""
    return _UNSAFE.sub("-", text.lower()).strip("-")[:64] or "unnamed"


class _WarcFile:
    """A file open for appending, whole records only."""

    def __init__(self, path: Path, name: str, day: str, archived_to: Callable[[str], int]) -> None:
        self.name = name
        self.day = day
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.size = os.fstat(self._descriptor).st_size
            if self.size:
                # A machine that lost its power may leave half a record, behind which nothing could be read.
                self.size = whole_records(self._descriptor, archived_to(name))
                os.ftruncate(self._descriptor, self.size)
        except BaseException:
            os.close(self._descriptor)
            raise
        self._dirty = False

    def append(self, record: bytes) -> int:
        """Write a record and return its offset; on an error the file is as it was."""
        offset = self.size
        try:
            done = 0
            while done < len(record):
                done += os.pwrite(self._descriptor, record[done:], offset + done)
        except OSError:
            os.ftruncate(self._descriptor, offset)
            raise
        self.size += len(record)
        self._dirty = True
        return offset

    def sync(self) -> None:
        if self._dirty:
            os.fsync(self._descriptor)
            self._dirty = False

    def close(self) -> None:
        self.sync()
        os.close(self._descriptor)


def whole_records(descriptor: int, start: int) -> int:
    """Return where the last whole gzip member of a file ends; `start` is the offset of one."""
    size = os.fstat(descriptor).st_size
    end = start if start <= size else 0
    position = end
    member = zlib.decompressobj(zlib.MAX_WBITS | 16)
    while position < size:
        chunk = os.pread(descriptor, 1 << 20, position)
        position += len(chunk)
        try:
            while chunk:
                member.decompress(chunk)
                if not member.eof:
                    break
                chunk = member.unused_data
                end = position - len(chunk)
                member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        except zlib.error:
            break
    return end


def _records(exchange: Exchange, original: Original | None) -> tuple[bytes, bytes]:
    """The record of the answer and that of the request, each a gzip member."""
    identity, moment = _identity(), _moment(exchange.at)
    about = {"WARC-Record-ID": identity, "WARC-Target-URI": exchange.url, "WARC-Date": moment}
    if exchange.address:
        about["WARC-IP-Address"] = exchange.address
    kind, payload = "response", exchange.payload
    if original is None or original.unchanged:
        about["WARC-Payload-Digest"] = _digest(payload)
    if original is not None:
        kind, payload = "revisit", b""
        profile = "identical-payload-digest" if original.unchanged else "server-not-modified"
        about |= {
            "WARC-Profile": _REVISITS + profile,
            "WARC-Refers-To-Target-URI": exchange.url,
            "WARC-Refers-To-Date": _moment(original.at),
        }
    answer = _message(f"HTTP/1.1 {_status(exchange.status)}", exchange.headers) + payload
    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = _message(f"{exchange.method} {target} HTTP/1.1", exchange.request_headers)
    asked = {
        "WARC-Record-ID": _identity(),
        "WARC-Target-URI": exchange.url,
        "WARC-Date": moment,
        "WARC-Concurrent-To": identity,
    }
    return _record(kind, about, "response", answer), _record("request", asked, "request", request)


def _record(kind: str, about: Mapping[str, str], message: str, block: bytes) -> bytes:
    """A record whose block is an HTTP message (WARC 1.1, section 5), packed.

    warcio writes the same at three times the cost, which a crawl pays for every page; it reads what is written here.
    """
    fields = {
        "WARC-Type": kind,
        **about,
        "WARC-Block-Digest": _digest(block),
        "Content-Type": f"application/http; msgtype={message}",
        "Content-Length": str(len(block)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return _gzipped(b"WARC/1.1\r\n%b\r\n%b\r\n\r\n" % (head.encode(), block))


def _message(first: str, headers: Headers) -> bytes:
    """The head of an HTTP message, as the bytes that it came with."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return f"{first}\r\n{lines}\r\n".encode("latin-1", "replace")


def _identity() -> str:
    return f"<urn:uuid:{uuid4()}>"


def _digest(content: bytes) -> str:
    # The algorithm and its writing are what all readers of archives know.
    return f"sha1:{b32encode(sha1(content, usedforsecurity=False).digest()).decode()}"


def _warcinfo(filename: str, about: Mapping[str, str]) -> bytes:
    writer = WARCWriter(None, gzip=False, warc_version="1.1")
    facts = {
        **about,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    writer.out = BytesIO()
    writer.write_record(writer.create_warcinfo_record(filename, facts))
    return _gzipped(writer.out.getvalue())


def _gzipped(record: bytes) -> bytes:
    return zlib.compress(record, _LEVEL, zlib.MAX_WBITS | 16)


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
