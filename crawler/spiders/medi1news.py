"""medi1news.com: an engine of its own."""

from crawler.discovery import ListingPage
from crawler.health import Health
from crawler.spiders.news import NewsSpider


class Medi1news(NewsSpider):
    """Medi1 News (ميدي 1 تيفي)."""

    name = "medi1news"
    site = "medi1news.com"
    origin = "https://www.medi1news.com"
    discovery = (
        ListingPage(
            paths=("/ar/", "/ar/categorie/news"), links="a[href]", articles=r"/ar/article/[0-9]+\.html$"
        ),
    )
    refuses = "answers 403 to some data centres outside Europe (2026-09)"
    health = Health(least_found=5)
