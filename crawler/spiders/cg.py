"""cg.gov.ma, the head of government: Drupal behind a bot check."""

from crawler.discovery import ListingPage
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Cg(NewsSpider):
    """Head of Government (رئيس الحكومة)."""

    name = "cg"
    site = "cg.gov.ma"
    origin = "https://www.cg.gov.ma"
    discovery = (
        ListingPage(
            paths=("/ar/مجلس-الحكومة?page=0",),
            links=".c-gov-img-wrp a[href]",
            articles=r"/ar/node/[0-9]+$",
            numbered=r"page=([0-9]+)",
            depth=3,
        ),
    )
    refuses = "answers 403 to anything but a browser"
    layout = Layout(
        body=("#read_content",),
        title=("h1.h1",),
        date=("span.date",),
    )
