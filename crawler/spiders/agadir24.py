"""agadir24.info: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Agadir24(NewsSpider):
    """Agadir 24 (أكادير 24)."""

    name = "agadir24"
    site = "agadir24.info"
    origin = "https://agadir24.info"
    discovery = wordpress()
