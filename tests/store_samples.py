"""Articles, claims and moments for the tests of the database. The sentences are the tests' own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from extract.records import Article, Method
from rules.records import Claim
from store import DiscoveredUrl, Indicator, Listing, Store, prepare

T0 = datetime(2025, 9, 17, 10, 30, tzinfo=UTC)
MOROCCO = ZoneInfo("Africa/Casablanca")
URL = "https://akhbar.example/1"

INDICATORS = (
    Indicator(
        slug="asd.households",
        label_ar="أسر الدعم",
        label_fr="Ménages",
        label_en="Households",
        unit="household",
    ),
    Indicator(
        slug="rnp.registered", label_ar="السجل", label_fr="Registre", label_en="Register", unit="person"
    ),
    Indicator(slug="asd.spending", label_ar="كلفة الدعم", label_fr="Coût", label_en="Spending", unit="MAD"),
)


FEED = Listing(
    url="https://akhbar.example/feed",
    site="akhbar",
    etag='"1"',
    last_modified=None,
    content_hash="a" * 64,
    articles=10,
    fetched_at=T0,
)


def later(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def claim(body: str, text: str, value: float | None, **fields: Any) -> Claim:
    """The claim that `text`, where it first stands in `body`, makes."""
    start = body.index(text)
    facts: dict[str, Any] = {
        "start": start,
        "end": start + len(text),
        "text": text,
        "kind": "count",
        "value": value,
        "value_high": None,
        "unit": "household",
        "qualifier": "exact",
        "change": None,
        "per": None,
        "modality": "actual",
        "when_start": None,
        "when_end": None,
        "when_relation": None,
        "precision": None,
        "indicator": None,
        "source": None,
        "rules": ("numeral.digits", "unit.household"),
    }
    return Claim(**(facts | fields))


def day_claim(body: str, text: str, day: date) -> Claim:
    """A claim of kind date."""
    return claim(
        body,
        text,
        None,
        kind="date",
        unit=None,
        qualifier=None,
        modality=None,
        when_start=day,
        when_end=day,
        when_relation="on",
        precision="day",
    )


def article(body: str, url: str = URL, **fields: Any) -> Article:
    facts: dict[str, Any] = {
        "url": url,
        "canonical": url,
        "site": "akhbar.example",
        "title": "حصيلة الدعم",
        "body": body,
        "method": Method.THEME,
        "published_at": datetime(2025, 9, 17, tzinfo=MOROCCO),
        "published_raw": "الأربعاء 17 شتنبر 2025",
        "theme": "jnews",
        "language": "ar",
    }
    return Article(**(facts | fields))


BODY = "قالت الوزارة إن 4 ملايين أسرة تستفيد.\nوبدأ الصرف يوم 2 دجنبر 2023 في جميع الجهات."
FIRST_SENTENCE = "قالت الوزارة إن 4 ملايين أسرة تستفيد."
CLAIMS = (
    claim(BODY, "4 ملايين أسرة", 4e6, indicator="asd.households", source="الوزارة"),
    day_claim(BODY, "2 دجنبر 2023", date(2023, 12, 2)),
)


def save(store: Store, what: Article, claims: Any = (), sentences: Any = (), **options: Any) -> Any:
    prepared = prepare(what, claims, sentences)
    return store.save_article(prepared, **({"relevance": 4.5, "ruleset": "1", "read_at": T0} | options))


def seed(store: Store) -> None:
    """A run that stored one article from one page, with its claims and an issue."""
    run = store.begin_run("crawl", ["akhbar"], program="0.1.0", ruleset="1", at=T0)
    store.load_indicators(INDICATORS)
    store.discover("akhbar", [DiscoveredUrl(url=URL, found_by="rss")], at=T0)
    sentences = [(0, len(FIRST_SENTENCE)), (len(FIRST_SENTENCE) + 1, len(BODY))]
    save(store, article(BODY), CLAIMS, page_url=URL, run_id=run, sentences=sentences, mark_done=True)
    store.add_issue("no_author", "no author in the page", run_id=run, site="akhbar", url=URL, at=T0)
    store.plan_visit(URL, later(1), looks=0)
    store.save_listing(FEED)
    store.hold("slow.example", until=later(1), reason="HTTP 429")
    store.count_requests("akhbar", T0.date(), 2)
    store.end_run(run, "done", {"pages": 1}, at=later(0.5))
