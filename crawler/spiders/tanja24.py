"""tanja24.com: WordPress with a BetterStudio theme."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Tanja24(NewsSpider):
    """Tanja 24 (طنجة 24)."""

    name = "tanja24"
    site = "tanja24.com"
    origin = "https://www.tanja24.com"
    discovery = wordpress()
