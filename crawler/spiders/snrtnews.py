"""snrtnews.com, the public broadcaster: Drupal."""

from crawler.discovery import RssFeed
from crawler.health import Health
from crawler.spiders.news import NewsSpider


class Snrtnews(NewsSpider):
    """SNRT News (الشركة الوطنية للإذاعة والتلفزة)."""

    name = "snrtnews"
    site = "snrtnews.com"
    origin = "https://www.snrtnews.com"
    discovery = (RssFeed(paths=("/rss.xml", "/feed")),)
    refuses = "answers 403 to some data centres, and draws some pages by scripts (2026-09)"
    health = Health(least_found=5)
