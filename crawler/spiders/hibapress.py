"""ar.hibapress.com: WordPress with the Jannah theme by TieLabs."""

from crawler.discovery import wordpress
from crawler.spiders.news import NewsSpider


class Hibapress(NewsSpider):
    """Hiba Press (هبة بريس)."""

    name = "hibapress"
    site = "ar.hibapress.com"
    origin = "https://ar.hibapress.com"
    discovery = wordpress()
