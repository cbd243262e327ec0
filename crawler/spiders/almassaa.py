"""almassaa.com: WordPress with a TieLabs theme."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Almassaa(NewsSpider):
    """Al Massaa (المساء)."""

    name = "almassaa"
    site = "almassaa.com"
    origin = "https://www.almassaa.com"
    discovery = wordpress()
