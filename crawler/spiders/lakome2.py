"""lakome2.com: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Lakome2(NewsSpider):
    """Lakome 2 (لكم)."""

    name = "lakome2"
    site = "lakome2.com"
    origin = "https://lakome2.com"
    discovery = wordpress()
