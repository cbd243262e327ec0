"""The configuration: one file, `hasila.toml`, and the environment before it. docs/configuration.md describes it.

`settings` declares what can be set, of which `values` knows the kinds; `reading` and `writing` are about the file, `option`
about the command line, and `crawling` says it to the crawler.
"""

from hasila.configuration.settings import (
    FILE,
    SECTIONS,
    Archive,
    Configuration,
    Crawl,
    Key,
    Mail,
    Notices,
    Site,
    keys,
    variable,
)

__all__ = [
    "FILE",
    "SECTIONS",
    "Archive",
    "Configuration",
    "Crawl",
    "Key",
    "Mail",
    "Notices",
    "Site",
    "keys",
    "variable",
]
