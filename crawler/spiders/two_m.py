"""2m.ma, the public broadcaster, in Arabic."""

from crawler.discovery import RssFeed
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class TwoM(NewsSpider):
    """2M (القناة الثانية)."""

    name = "2m"
    site = "2m.ma"
    origin = "https://2m.ma"
    discovery = (RssFeed(paths=("/ar/news/rss.xml",)),)
    refuses = "answers 403 to plain clients, also from Europe (2026-09)"
    health = Health(least_found=5)
    layout = Layout(
        body=("#medium-editor > p",),
    )
