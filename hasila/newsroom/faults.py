"""Sites that misbehave as real ones do: slow pages, pages that fail and then work, old addresses, dead links."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from hasila.newsroom.content import Site
from hasila.newsroom.pages import Answer

_TEXT = "text/plain; charset=UTF-8"


class Faults:
    """The faults of a newsroom's sites, and how often each was met."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self._faults = {(site.host, fault.path): fault for site in sites.values() for fault in site.faults}
        self._met: Counter[tuple[str, str]] = Counter()

    def instead(self, site: Site, target: str) -> Answer | None:
        """Return what is answered instead of the page at `target`, after its delay; None for the page."""
        place = (site.host, urlsplit(target).path)
        fault = self._faults.get(place)
        if fault is None:
            return None
        time.sleep(fault.delay)
        self._met[place] += 1
        if fault.redirect:
            return Answer(
                HTTPStatus.MOVED_PERMANENTLY, _TEXT, b"", headers={"Location": site.url + fault.redirect}
            )
        if self._met[place] <= fault.times:
            return Answer(fault.status, _TEXT, b"try again\n")
        return None
