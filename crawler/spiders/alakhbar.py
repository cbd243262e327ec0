"""alakhbar.press.ma: WordPress with a TieLabs theme."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Alakhbar(NewsSpider):
    """Al Akhbar (الأخبار)."""

    name = "alakhbar"
    site = "alakhbar.press.ma"
    origin = "https://www.alakhbar.press.ma"
    discovery = wordpress()
