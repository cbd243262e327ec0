"""maghress.com, an aggregator of Moroccan newspapers, and its sisters on the same engine."""

from crawler.discovery import ListingPage, RssFeed
from crawler.health import Health
from crawler.spiders.news import NewsSpider


class Maghress(NewsSpider):
    """Maghress (مغرس)."""

    name = "maghress"
    site = "maghress.com"
    origin = "https://www.maghress.com"
    discovery = (
        RssFeed(paths=("/rss",)),
        ListingPage(paths=("/", "/politics", "/economics", "/society", "/health"), links="a.teasertitle"),
    )
    health = Health(least_found=5, least_body=0.8, least_date=0.8)


class Masress(Maghress):  # noqa: D101 - masress.com, Egypt
    name, site, origin, enabled = "masress", "masress.com", "https://www.masress.com", False


class Djazairess(Maghress):  # noqa: D101 - djazairess.com, Algeria
    name, site, origin, enabled = "djazairess", "djazairess.com", "https://www.djazairess.com", False


class Turess(Maghress):  # noqa: D101 - turess.com, Tunisia
    name, site, origin, enabled = "turess", "turess.com", "https://www.turess.com", False


class Sauress(Maghress):  # noqa: D101 - sauress.com, Saudi Arabia
    name, site, origin, enabled = "sauress", "sauress.com", "https://www.sauress.com", False
