"""hespress.com: WordPress with a theme of its own."""

from crawler.discovery import ListingPage, RssFeed, SearchFeed
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from rules.relevance import search_queries


class Hespress(NewsSpider):
    """Hespress (هسبريس)."""

    name = "hespress"
    site = "hespress.com"
    origin = "https://www.hespress.com"
    discovery = (
        RssFeed(paths=("/feed",)),
        SearchFeed(queries=search_queries(), depth=2),
        ListingPage(
            paths=("/?action=ajax_listing&paged=1",),
            links=".card a.stretched-link",
            numbered=r"paged=([0-9]+)",
            depth=5,
        ),
    )
    refuses = "answers 403 to some data centres outside Europe (2026-09)"
    health = Health(least_found=10, least_body=0.8, least_date=0.8)
