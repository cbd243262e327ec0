"""akhbarona.com: an engine of its own, without feeds."""

from crawler.discovery import ListingPage
from crawler.health import Health
from crawler.spiders.news import NewsSpider
from extract.records import Layout


class Akhbarona(NewsSpider):
    """Akhbarona (أخبارنا المغربية)."""

    name = "akhbarona"
    site = "akhbarona.com"
    origin = "https://www.akhbarona.com"
    discovery = (
        ListingPage(
            paths=tuple(
                f"/{section}/index.1.html" for section in ("economy", "politic", "national", "health")
            ),
            links="a[href]",
            articles=r"/[a-z]+/[0-9]{5,8}\.html$",
            numbered=r"index\.([0-9]+)\.html",
            depth=3,
        ),
    )
    health = Health(least_found=10)
    layout = Layout(
        body=(
            "div.bodystr p",
            "#article_body > p",
        ),
        title=("h1.artical-content-heads",),
        date=("span.story_date",),
        author=("h4.lc-clr1",),
        section=("span.ms-2",),
    )
