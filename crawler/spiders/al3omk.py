"""al3omk.com: WordPress with a theme of its own."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Al3omk(NewsSpider):
    """Al Omk (العمق المغربي)."""

    name = "al3omk"
    site = "al3omk.com"
    origin = "https://al3omk.com"
    discovery = wordpress()
    layout = Layout(
        body=(".post-single > .post-body > p",),
        title=(".post-single > .post-title",),
        date=(".post-date",),
        section=(".post-cat > a",),
    )
