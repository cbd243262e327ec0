"""ar.yabiladi.com, the Arabic edition: an engine of its own."""

from crawler.discovery import RssFeed
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Yabiladi(NewsSpider):
    """Yabiladi (يابلادي)."""

    name = "yabiladi"
    site = "ar.yabiladi.com"
    origin = "https://ar.yabiladi.com"
    discovery = (RssFeed(paths=("/rss/rss.xml",)),)
    health = Health(least_found=5)
    layout = Layout(
        body=("[itemprop=articleBody] > p",),
    )
