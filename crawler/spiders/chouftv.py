"""chouftv.ma: WordPress, its news under /press."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Chouftv(NewsSpider):
    """Chouf TV (شوف تيفي)."""

    name = "chouftv"
    site = "chouftv.ma"
    origin = "https://chouftv.ma"
    discovery = wordpress(feed="/press/feed")
