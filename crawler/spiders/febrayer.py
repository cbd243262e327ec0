"""febrayer.com: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Febrayer(NewsSpider):
    """Febrayer (فبراير)."""

    name = "febrayer"
    site = "febrayer.com"
    origin = "https://www.febrayer.com"
    discovery = wordpress()
    refuses = "answers 403 to plain clients, also from Europe (2026-09)"
    layout = Layout(
        body=(".single-content > p",),
    )
