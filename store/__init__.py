"""SQLite: schema and migrations, writing, revisions, views for analysts."""

from store.crawl_history import SiteRun
from store.errors import StoreError, StoreFull, StoreLocked, StoreRefused
from store.prepared import PreparedArticle, prepare
from store.records import (
    PAGE_STATES,
    RUN_STATES,
    ArchivePointer,
    DiscoveredUrl,
    Hit,
    Indicator,
    Listing,
    Outcome,
    PageRow,
    PageState,
    Place,
    RunState,
    Saved,
    Visit,
)
from store.writer import Store

__all__ = [
    "PAGE_STATES",
    "RUN_STATES",
    "ArchivePointer",
    "DiscoveredUrl",
    "Hit",
    "Indicator",
    "Listing",
    "Outcome",
    "PageRow",
    "PageState",
    "Place",
    "PreparedArticle",
    "RunState",
    "Saved",
    "SiteRun",
    "Store",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreRefused",
    "Visit",
    "prepare",
]
