"""The sites that have a spider."""

from __future__ import annotations

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.spiders.news import NewsSpider


def project_settings() -> Settings:
    """Return the settings of the Scrapy project, wherever the command is called from (no scrapy.cfg is needed)."""
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    return settings


def site_spiders() -> list[type[NewsSpider]]:
    """Return the spiders of all sites, by name."""
    loader = SpiderLoader.from_settings(project_settings())
    found = [loader.load(name) for name in sorted(loader.list())]
    return [spider for spider in found if issubclass(spider, NewsSpider)]
