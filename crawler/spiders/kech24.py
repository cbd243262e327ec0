"""kech24.com: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Kech24(NewsSpider):
    """Kech 24 (كش 24)."""

    name = "kech24"
    site = "kech24.com"
    origin = "https://kech24.com"
    discovery = wordpress()
