"""Where a site lists its articles: feeds, sitemaps, WordPress' own interface, listing pages, searches.

Each piece is a frozen declaration that knows which addresses to ask and how to read what comes back. None of them
fetches anything: the spider does, so robots.txt, delays and limits hold for listings as for pages.
"""

from crawler.discovery.feeds import RssFeed, SearchFeed, TagFeed
from crawler.discovery.pages import ListingPage, SiteSearch
from crawler.discovery.pieces import Discovery, Link, Listing, UnreadableListingError
from crawler.discovery.sitemaps import Sitemap
from crawler.discovery.wordpress import WordPressRest, wordpress

__all__ = [
    "Discovery",
    "Link",
    "Listing",
    "ListingPage",
    "RssFeed",
    "SearchFeed",
    "SiteSearch",
    "Sitemap",
    "TagFeed",
    "UnreadableListingError",
    "WordPressRest",
    "wordpress",
]
