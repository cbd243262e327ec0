"""The sites that have a spider; `python -m hasila.sites` writes docs/sites.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.spiders.news import NewsSpider
from hasila.configuration import Configuration
from hasila.configuration.crawling import configured, crawler_settings
from hasila.status.standing import ILL
from store import Store

_HEAD: Final = """# Sites

One small file each in `crawler/spiders/`. `hasila crawl` takes those that are on; the others are crawled when they are
named. How listings are read is told in [crawling.md](crawling.md), how a site is added in the README. This table is made by
`python -m hasila.sites`.

| name | site | language | on | articles are found by | body is found by | known |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """How the last run on a site went."""

    at: str
    """When it began, UTC."""
    state: str
    """`well`, or the kind of the gravest issue."""
    message: str
    """What that issue says; "" for none."""


def project_settings(configuration: Configuration | None = None) -> Settings:
    """Return the settings of the Scrapy project, wherever the command is called from (no scrapy.cfg is needed).

    A configuration goes before what `crawler.settings` says.
    """
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    if configuration is not None:
        settings.setdict(crawler_settings(configuration), priority="project")
    return settings


def site_spiders(configuration: Configuration | None = None) -> list[type[NewsSpider]]:
    """Return the spiders of all sites, by name, each with what the configuration says about its site."""
    loader = SpiderLoader.from_settings(project_settings())
    found = [loader.load(name) for name in sorted(loader.list())]
    sites = configuration.sites if configuration else {}
    return [configured(spider, sites.get(spider.name)) for spider in found if issubclass(spider, NewsSpider)]


def found_by(spider: type[NewsSpider]) -> list[str]:
    """Return the ways in which the articles of a site are found, each once."""
    return list(dict.fromkeys(piece.kind for piece in spider.discovery))


def conditions(store: Store) -> dict[str, Condition]:
    """Return how the last run on each site went, by the site's name."""
    rows = store.rows(
        "SELECT each.value AS site, max(runs.id) AS run, runs.started_at AS at "
        "FROM runs, json_each(runs.sites) AS each WHERE command = 'crawl' GROUP BY each.value"
    )
    found = {}
    for row in rows:
        issues = store.rows(
            "SELECT kind, message FROM issues WHERE run = ? AND site = ? ORDER BY id",
            (row["run"], row["site"]),
        )
        grave = sorted(
            (issue for issue in issues if issue["kind"] in ILL), key=lambda issue: ILL.index(issue["kind"])
        )
        kind, message = (grave[0]["kind"], grave[0]["message"]) if grave else ("well", "")
        found[row["site"]] = Condition(at=row["at"], state=kind, message=message)
    return found


def table() -> str:
    """Return docs/sites.md."""
    lines = [
        f"| {spider.name} | {spider.site} | {spider.language} | {'yes' if spider.enabled else 'no'} "
        f"| {', '.join(found_by(spider))} | {'selectors of its own' if spider.layout else 'theme or stripper'} "
        f"| {spider.refuses} |"
        for spider in site_spiders()
    ]
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(table(), end="")
