"""goud.ma: WordPress with a theme of its own."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Goud(NewsSpider):
    """Goud (كود)."""

    name = "goud"
    site = "goud.ma"
    origin = "https://www.goud.ma"
    discovery = wordpress()
    layout = Layout(
        body=(".col-md-12 > .content > p",),
        title=(".col-md-12 > h1",),
        date=(".date",),
        section=(".cat-link",),
    )
