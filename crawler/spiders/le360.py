"""ar.le360.ma, the Arabic edition: Arc XP."""

from crawler.discovery import RssFeed, Sitemap
from crawler.spiders.news import NewsSpider


class Le360(NewsSpider):
    """Le360 (لو 360)."""

    name = "le360"
    site = "ar.le360.ma"
    origin = "https://ar.le360.ma"
    discovery = (
        RssFeed(paths=("/arc/outboundfeeds/rss/?outputType=xml",)),
        Sitemap(
            paths=tuple(
                f"/arc/outboundfeeds/sitemap-index/category/{section}/"
                for section in ("politique", "economie", "societe")
            )
        ),
    )
