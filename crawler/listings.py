"""The listings that a run reads: how each was, until it is known that none of its kind was missed."""

from __future__ import annotations

from collections.abc import Iterator

from store import Listing


class ListingNotes:
    """What is written down at the end of a site: only then is a listing that did not change sure to hold nothing new."""

    def __init__(self) -> None:
        self._read: list[tuple[str, Listing]] = []
        self._missed: set[tuple[str, str]] = set()
        self._left: set[str] = set()

    def note(self, kind: str, listing: Listing) -> None:
        """Take in a listing that was read."""
        self._read.append((kind, listing))

    def missed(self, site: str, kind: str) -> None:
        """Take in that a listing of a kind did not come or could not be read."""
        self._missed.add((site, kind))

    def leave(self, site: str) -> None:
        """Take in that a site was left alone before it was read to its end."""
        self._left.add(site)

    def was_left(self, site: str) -> bool:
        """Whether a site was left alone before it was read to its end."""
        return site in self._left

    def complete(self, site: str) -> Iterator[Listing]:
        """Yield the listings of a site of the kinds of which none was missed."""
        for kind, listing in self._read:
            if listing.site == site and site not in self._left and (site, kind) not in self._missed:
                yield listing
