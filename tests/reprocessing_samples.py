"""A database and its archive as a crawl leaves them, without the crawl."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawler.archive import Archive, Exchange
from crawler.catalogue import load_catalogue
from crawler.process import process
from crawler.replay import read_page
from extract.records import Article, NotArticle, Page
from rules import RULESET_VERSION, extract_claims, sentences
from store import ArchivePointer, DiscoveredUrl, Store, prepare
from store.upkeep import rebuild

AT = datetime(2025, 9, 17, 10, 30, tzinfo=UTC)
HOST = "quickpost.test"
SITE = "quickpost"


def url(number: int, host: str = HOST) -> str:
    return f"https://{host}/story-{number}/"


def html(number: int, *paragraphs: str, host: str = HOST, title: str = "") -> bytes:
    """A page of a WordPress theme."""
    title = title or f"حصيلة الدعم الاجتماعي المباشر رقم {number}"
    body = "\n".join(f"<p>{text}</p>" for text in paragraphs)
    return f"""<!doctype html><html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title>
<link rel="canonical" href="{url(number, host)}">
<meta property="article:published_time" content="2025-09-{1 + number % 16:02}T10:00:00+01:00"></head>
<body class="single single-post"><nav><a href="/">الرئيسية</a></nav>
<article><h1 class="entry-title">{title}</h1><div class="entry-content">{body}</div></article>
<footer><p>جميع الحقوق محفوظة</p></footer></body></html>""".encode()


def story(number: int) -> tuple[str, str, str]:
    """Paragraphs with five claims and more."""
    return (
        f"أعلنت وزارة الاقتصاد والمالية أن عدد الأسر المستفيدة من الدعم الاجتماعي المباشر بلغ {number + 2} ملايين أسرة سنة 2025.",
        f"وأضافت الوزارة أن كلفة هذا الدعم وصلت إلى {number + 20} مليار درهم، في إطار ورش تعميم الحماية الاجتماعية بالمغرب.",
        "واستفاد من التغطية الصحية الإجبارية عن المرض 11 مليون شخص إلى غاية متم دجنبر 2024، حسب بلاغ رئاسة الحكومة.",
    )


OFF_TOPIC = (
    "فاز المنتخب الوطني لكرة القدم على نظيره في المباراة التي جمعتهما مساء أمس بملعب المدينة أمام 30 ألف متفرج.",
    "وسجل اللاعب الهدف الأول في الدقيقة 12، قبل أن يضيف زميله الهدف الثاني في الشوط الثاني من هذه المباراة.",
)

FOOTER = "جميع الحقوق محفوظة لسنة 2024 و7 مقالات"


class Newspaper:
    """Pages that come in one after another, archived and booked as the crawl does it."""

    def __init__(self, store: Store, archive: Archive | None, run: int) -> None:
        self.store = store
        self.archive = archive
        self.run = run

    def archived(
        self, number: int, payload: bytes, *, hours: float = 0, host: str = HOST
    ) -> ArchivePointer | None:
        """Discover a page and archive its answer."""
        at, address = AT + timedelta(hours=hours), url(number, host)
        self.store.discover(SITE, [DiscoveredUrl(url=address, found_by="rss")], at=at)
        exchange = Exchange(
            url=address,
            method="GET",
            request_headers=[("Host", host)],
            status=200,
            headers=[("Content-Type", "text/html; charset=utf-8")],
            payload=payload,
            at=at,
        )
        return self.archive.write(SITE, exchange) if self.archive else None

    def read(self, number: int, payload: bytes, *, hours: float = 0, host: str = HOST) -> None:
        """Do with a page what the crawl does."""
        at, address = AT + timedelta(hours=hours), url(number, host)
        pointer = self.archived(number, payload, hours=hours, host=host)
        processed = process(Page(body=payload, url=address, headers={}, fetched_at=at))
        found, relevance = processed.extraction, processed.relevance
        if isinstance(found, NotArticle):
            facts = {"kind": found.kind.value, "reason": found.reason, "ruleset": RULESET_VERSION}
            self.store.mark_page(address, "not_article", at=at, archive=pointer, **facts)
        elif relevance is None or relevance.score < 1:
            score = relevance.score if relevance else 0
            facts = {
                "reason": f"off topic: relevance {score:.2f}, needed are 1.00",
                "ruleset": RULESET_VERSION,
            }
            self.store.mark_page(address, "done", at=at, archive=pointer, **facts)
        else:
            self.store.save_article(
                prepare(found, processed.claims, processed.sentences),
                relevance=relevance.score,
                ruleset=RULESET_VERSION,
                read_at=at,
                page_url=address,
                run_id=self.run,
                mark_done=True,
                archive=pointer,
            )

    def keep_worse(self, record: dict[str, Any], folder: Path) -> None:
        """Store an archived page as a worse program read it: with the footer, without title and date."""
        pointer = ArchivePointer(
            file=record["archive_file"], offset=record["archive_offset"], length=record["archive_length"]
        )
        page = read_page(folder / pointer.file, pointer.offset, pointer.length)
        assert isinstance(page, Page)
        assert page.fetched_at
        self.store.discover(SITE, [DiscoveredUrl(url=record["url"], found_by="rss")], at=AT)
        found = process(page).extraction
        assert isinstance(found, Article)
        body = f"{found.body}\n{FOOTER}"
        self.store.save_article(
            prepare(
                replace(found, body=body, title="x", published_at=None, published_raw=None),
                extract_claims(body),
                sentences(body),
            ),
            relevance=3,
            ruleset="2020.1.1",
            read_at=page.fetched_at,
            page_url=record["url"],
            run_id=self.run,
            mark_done=True,
            archive=pointer,
        )


@contextmanager
def newspaper(database: Path, *, archive: bool = True, longest_file: int = 1 << 30) -> Iterator[Newspaper]:
    """A run on `database`, whose archive is in `archive` beside it."""
    kept = Archive(database.parent / "archive", about={}, longest=longest_file) if archive else None
    with Store.open(database) as store:
        load_catalogue(store)
        run = store.begin_run("crawl", [SITE], program="0", ruleset=RULESET_VERSION, at=AT)
        yield Newspaper(store, kept, run)
        if kept:
            kept.close()
        store.end_run(run, "done", {}, at=AT)


def older(database: Path, ruleset: str = "2020.1.1") -> None:
    """Make everything as if other rules had read it."""
    with Store.open(database) as store, store.transaction():
        store.db.execute("UPDATE revisions SET ruleset = ?", (ruleset,))
        store.db.execute("UPDATE judgements SET ruleset = ?", (ruleset,))


def damage_claims(database: Path) -> None:
    """Make claims as if worse rules had made them: one lost, one too many, one with another unit, in every text."""
    with Store.open(database) as store, store.transaction():
        for row in store.rows(
            "SELECT revision, min(id) AS first, max(id) AS last FROM claims WHERE kind <> 'date' GROUP BY revision"
        ):
            store.db.execute("DELETE FROM claims WHERE id = ?", (row["first"],))
            store.db.execute("UPDATE claims SET unit = 'file', indicator = NULL WHERE id = ?", (row["last"],))
            store.db.execute(
                'INSERT INTO claims (revision, start, "end", text, kind, value, qualifier, modality, rules, '
                "sentence_start, sentence_end) SELECT id, 0, 1, substr(body, 1, 1), 'count', 7, 'exact', 'actual', "
                "'[]', 0, 5 FROM revisions WHERE id = ?",
                (row["revision"],),
            )
        rebuild(store)


Contents = dict[str, list[dict[str, object]]]


def contents(database: Path) -> Contents:
    """Everything that readers see, but for the runs."""
    tables = (
        "articles",
        "revisions",
        "claims",
        "pages",
        "records",
        "judgements",
        "points",
        "changes",
        "clusters",
    )
    with Store.open(database) as store:
        return {table: store.rows(f'SELECT * FROM "{table}" ORDER BY 1, 2') for table in tables}


def said(found: Contents) -> Contents:
    """The same without the numbers of claims, which are others after they were lost and found again."""
    numbers = {
        "claims": {"id"},
        "points": {"id", "claim"},
        "changes": {"id", "before", "after"},
        "pages": set(),
    }
    return {
        table: sorted(
            ({name: row[name] for name in row if name not in numbers.get(table, ())} for row in rows),
            key=str,
        )
        for table, rows in found.items()
    }
