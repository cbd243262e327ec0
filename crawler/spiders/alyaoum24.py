"""alyaoum24.com: WordPress with a theme of its own. Its robots.txt closes the feeds."""

from crawler.discovery import ListingPage, WordPressRest
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from extract.records import Layout
from rules.relevance import search_queries


class Alyaoum24(NewsSpider):
    """Al Yaoum 24 (اليوم 24)."""

    name = "alyaoum24"
    site = "alyaoum24.com"
    origin = "https://alyaoum24.com"
    discovery = (
        ListingPage(paths=("/",), links="a[href]", articles=r"/[0-9]{5,9}\.html$"),
        WordPressRest(queries=search_queries(), depth=2),
    )
    health = Health(least_found=5)
    layout = Layout(
        body=(
            ".post_content > p",
            "#post_content > p",
        ),
        title=(".infoSingle > h1",),
        date=(".timePost",),
        section=(".breadcrumb > li:last-child",),
    )
