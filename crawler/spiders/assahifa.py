"""assahifa.com: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Assahifa(NewsSpider):
    """Assahifa (الصحيفة)."""

    name = "assahifa"
    site = "assahifa.com"
    origin = "https://www.assahifa.com"
    discovery = wordpress()
