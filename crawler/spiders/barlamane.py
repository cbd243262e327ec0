"""barlamane.com: WordPress with a theme of its own."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Barlamane(NewsSpider):
    """Barlamane (برلمان.كوم)."""

    name = "barlamane"
    site = "barlamane.com"
    origin = "https://www.barlamane.com"
    discovery = wordpress()
    layout = Layout(
        body=(".post-content .content > p",),
        title=(".post-content > .title",),
        date=(".post-content .date",),
    )
