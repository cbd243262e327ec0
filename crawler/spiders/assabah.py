"""assabah.ma: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Assabah(NewsSpider):
    """Assabah (الصباح)."""

    name = "assabah"
    site = "assabah.ma"
    origin = "https://assabah.ma"
    discovery = wordpress()
