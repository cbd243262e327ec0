"""ar.telquel.ma, the Arabic edition: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Telquel(NewsSpider):
    """TelQuel Arabi (تيل كيل عربي)."""

    name = "telquel"
    site = "ar.telquel.ma"
    origin = "https://ar.telquel.ma"
    discovery = wordpress()
