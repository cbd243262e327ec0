"""An answer as it was kept, the page in it, and what is known of the one before it at the same address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from extract.records import Page
from store import ArchivePointer


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The answer that an address gave the last time."""

    etag: str | None
    last_modified: str | None
    content_hash: str | None
    """SHA-256 of the payload as sent, hexadecimal."""
    fetched_at: datetime | None

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the page only where it has changed (RFC 9110, section 13.1)."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in headers.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An answer that came."""

    at: datetime
    """UTC, whole seconds: the moment of its record in the archive."""
    content_hash: str
    """SHA-256 of the payload as sent (with its content coding), hexadecimal."""
    unchanged: bool = False
    """It is the answer that is known: by a 304, or by the same payload."""
    pointer: ArchivePointer | None = None
    """Where it stands in the archive; None where nothing is kept, and for a revisit."""


class Facts(TypedDict):
    """What the database keeps of an answer, by the names of its parameters."""

    etag: str | None
    last_modified: str | None
    content_hash: str
    archive: ArchivePointer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A page that came."""

    page: Page
    address: str
    """The URL that was asked for, before redirects: how the frontier knows the page."""
    capture: Capture
    look: int | None = None
    """The number of the look for edits that brought it; None where it was fetched for the first time."""

    def facts(self) -> Facts:
        """Return what the database keeps of the answer."""
        return Facts(
            etag=self.page.headers.get("etag"),
            last_modified=self.page.headers.get("last-modified"),
            content_hash=self.capture.content_hash,
            archive=self.capture.pointer,
        )
