"""mapexpress.ma, of the state agency MAP: WordPress."""

from crawler.discovery import RssFeed, SearchFeed, WordPressRest
from crawler.spiders.news import NewsSpider
from rules.relevance import search_queries


class Mapexpress(NewsSpider):
    """MAP Express (ماب إكسبريس)."""

    name = "mapexpress"
    site = "mapexpress.ma"
    origin = "https://www.mapexpress.ma"
    discovery = (
        RssFeed(paths=("/ar/feed/",)),
        WordPressRest(path="/wp-json/wp/v2/posts?lang=ar", queries=search_queries()),
        SearchFeed(path="/ar/", queries=search_queries()[:4]),
    )
    refuses = "answers 403 to plain clients (2026-09)"
