"""quickpost.ma: WordPress with the JNews theme."""

from crawler.discovery import ListingPage, RssFeed, SearchFeed, Sitemap, WordPressRest
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from rules.relevance import search_queries


class Quickpost(NewsSpider):
    """Quick Post (كويك بوست)."""

    name = "quickpost"
    site = "quickpost.ma"
    origin = "https://quickpost.ma"
    discovery = (
        RssFeed(paths=("/feed/",)),
        WordPressRest(queries=search_queries(), depth=2),
        SearchFeed(queries=search_queries(), depth=2),
        ListingPage(paths=("/",), links="article.jeg_post .jeg_post_title a"),
        Sitemap(parts="post-sitemap"),
    )
    health = Health(least_found=5, least_body=0.8, least_date=0.8)
