"""rue20.com: WordPress."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Rue20(NewsSpider):
    """Rue 20 (زنقة 20)."""

    name = "rue20"
    site = "rue20.com"
    origin = "https://rue20.com"
    discovery = wordpress()
    refuses = "answers 403 to plain clients, also from Europe (2026-09)"
