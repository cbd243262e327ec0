"""The demo newsroom: virtual news sites in the markup of real engines, served on loopback.

    with Newsroom(Path("tests/fixtures/newsroom")) as newsroom:
        crawl(proxy=newsroom.address)      # http://quickpost.test/…, http://maghress.test/…

A folder holds `engines/NAME` (an `engine.toml` with the routes, and the templates) and one folder a site: `site.toml`
and `articles/*.toml`. Each text stands there once and without markup, so `newsroom.stories` is what a perfect reader
of the pages would find.
"""

from hasila.newsroom.content import NewsroomError, Site, Story, load_sites
from hasila.newsroom.server import Newsroom

__all__ = ["Newsroom", "NewsroomError", "Site", "Story", "load_sites"]
