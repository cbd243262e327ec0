"""ahdath.info: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Ahdath(NewsSpider):
    """Al Ahdath Al Maghribia (الأحداث المغربية)."""

    name = "ahdath"
    site = "ahdath.info"
    origin = "https://ahdath.info"
    discovery = wordpress()
    layout = Layout(
        body=(".single-content > p",),
    )
