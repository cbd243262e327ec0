"""mapnews.ma, of the state agency MAP, in Arabic: Drupal."""

from crawler.discovery import RssFeed
from crawler.spiders.news import NewsSpider


class Mapnews(NewsSpider):
    """MAP News (وكالة المغرب العربي للأنباء)."""

    name = "mapnews"
    site = "mapnews.ma"
    origin = "https://www.mapnews.ma"
    discovery = (
        RssFeed(
            paths=(
                "/ar/rss.xml",
                *(f"/ar/actualites/{section}/rss" for section in ("politique", "economie", "social")),
            )
        ),
    )
    refuses = "answers 403 to plain clients, also from Europe (2026-09)"
