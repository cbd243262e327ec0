"""The configuration in the terms of Scrapy: settings for the project, and spiders with what is particular to their site."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from crawler.health import Health
from crawler.politeness import postmaster, user_agent
from crawler.spiders.news import NewsSpider
from hasila.configuration.settings import Configuration, Site


def crawler_settings(configuration: Configuration) -> dict[str, object]:
    """Return the settings of `crawler.settings` that the configuration says."""
    crawl, archive = configuration.crawl, configuration.archive
    settings: dict[str, object] = {
        "HASILA_DATABASE": str(configuration.database),
        "DOWNLOAD_DELAY": crawl.delay.total_seconds(),
        "DOWNLOAD_TIMEOUT": crawl.timeout.total_seconds(),
        "HASILA_DAILY_REQUESTS": crawl.daily_requests,
        "HASILA_LONGEST_WAIT": crawl.longest_wait.total_seconds(),
        "HASILA_REVISITS": [delay.total_seconds() for delay in crawl.revisits],
        "HASILA_PROXY": crawl.proxy or None,
        "HASILA_PRIVATE_HOSTS": list(crawl.private_hosts),
        "HASILA_ARCHIVE": archive.folder if archive.enabled or _some_kept(configuration) else "",
        "HASILA_ARCHIVE_FILE_SIZE": archive.file_size,
        "HASILA_KEEP_PAGES": archive.enabled,
        "LOG_LEVEL": crawl.log_level,
    }
    if crawl.relevance_threshold is not None:
        settings["RELEVANCE_THRESHOLD"] = crawl.relevance_threshold
    contact = configuration.contact or postmaster()
    return settings | {"HASILA_CONTACT": contact, "USER_AGENT": user_agent(contact, configuration.purpose)}


def _some_kept(configuration: Configuration) -> bool:
    return any(site.archive for site in configuration.sites.values())


def configured(spider: type[NewsSpider], site: Site | None) -> type[NewsSpider]:
    """Return a spider with what the configuration says about its site; itself where that is nothing."""
    if site is None:
        return spider
    settings = _site_settings(spider.name, site)
    floors = {
        floor.name: least for floor in fields(Health) if (least := getattr(site, floor.name)) is not None
    }
    attributes: dict[str, Any] = {
        "__doc__": spider.__doc__,
        "__module__": spider.__module__,
        "health": replace(spider.health, **floors),
        "custom_settings": {**(spider.custom_settings or {}), **settings},
    }
    if site.enabled is not None:
        attributes["enabled"] = site.enabled
    return type(spider.__name__, (spider,), attributes)


def _site_settings(name: str, site: Site) -> dict[str, object]:
    browser = None if site.browser is None else [name] * site.browser
    delay = None if site.delay is None else site.delay.total_seconds()
    settings = {
        "DOWNLOAD_DELAY": delay,
        "HASILA_DAILY_REQUESTS": site.daily_requests,
        "HASILA_KEEP_PAGES": site.archive,
        "HASILA_BROWSER": browser,
        "DOWNLOAD_VERIFY_CERTIFICATES": site.verify_certificates,
    }
    return {setting: value for setting, value in settings.items() if value is not None}
