"""How fast an archive is read anew, by one process and by more, beside a bare pass of extraction and rules without a store:
`python -m bench.reprocess`.

The pages are those of `bench.many_pages`, archived and stored as a crawl leaves them. `same` is a pass that finds
everything as it is, `other` one after claims were damaged in every article, so that all of them are written anew.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.many_pages import ManyPages, url
from crawler.archive import Archive, Exchange
from crawler.catalogue import load_catalogue
from crawler.process import process
from crawler.replay import BrokenRecord, read_page
from extract.records import Article, Page
from hasila.reprocessing.passes import Order, reprocess
from hasila.reprocessing.reading import Reader
from rules import RULESET_VERSION
from store import DiscoveredUrl, Store, prepare
from store.rereading import Selection
from store.upkeep import check, rebuild

AT = datetime(2026, 1, 1, tzinfo=UTC)


def fill(folder: Path, pages: int) -> Path:
    """A database and its archive with so many articles; returns the database."""
    site = ManyPages(pages)
    archive = Archive(folder / "archive", about={})
    with Store.open(folder / "bench.db") as store:
        load_catalogue(store)
        for number in range(pages):
            found = site.body(f"/story-{number}/")
            assert found
            at, address = AT + timedelta(seconds=number), url(number)
            headers = [("Content-Type", found[0].decode())]
            exchange = Exchange(
                url=address,
                method="GET",
                request_headers=[],
                status=200,
                headers=headers,
                payload=found[1],
                at=at,
            )
            pointer = archive.write("quickpost", exchange)
            processed = process(Page(body=found[1], url=address, fetched_at=at))
            assert isinstance(processed.extraction, Article)
            with store.transaction():
                store.discover("quickpost", [DiscoveredUrl(url=address, found_by="rss")], at=at)
                store.save_article(
                    prepare(processed.extraction, processed.claims, processed.sentences),
                    relevance=processed.relevance.score if processed.relevance else 0,
                    ruleset=RULESET_VERSION,
                    read_at=at,
                    page_url=address,
                    mark_done=True,
                    archive=pointer,
                )
    archive.close()
    return folder / "bench.db"


def damage(database: Path) -> None:
    """Make two claims of every article say something else, as if other rules had made all."""
    with Store.open(database) as store, store.transaction():
        store.db.execute("UPDATE revisions SET ruleset = 'other'")
        store.db.execute(
            "DELETE FROM claims WHERE id IN (SELECT max(id) FROM claims WHERE kind <> 'date' GROUP BY revision)"
        )
        store.db.execute(
            "UPDATE claims SET value = value + 1 WHERE value_high IS NULL AND id IN "
            "(SELECT min(id) FROM claims WHERE kind <> 'date' GROUP BY revision)"
        )
        rebuild(store)


@dataclass(frozen=True, slots=True)
class Spent:
    """What a pass took, in seconds."""

    wall: float
    processor: float
    """Of all processes together; unlike the other it says the same on a machine that has more to do."""


@contextmanager
def measured() -> Iterator[list[Spent]]:
    """Measure what is done inside; the processes that it began have ended by then."""
    found: list[Spent] = []
    wall, before = time.perf_counter(), os.times()
    yield found
    after = os.times()
    found.append(Spent(time.perf_counter() - wall, sum(after[:4]) - sum(before[:4])))


def bare(database: Path, folder: Path) -> Spent:
    """Every page from its record through extraction and rules; nothing is stored."""
    with Store.open(database, readonly=True) as store:
        rows = store.rows(
            "SELECT archive_file, archive_offset, archive_length FROM records ORDER BY revision"
        )
    with measured() as spent:
        for row in rows:
            page = read_page(folder / row["archive_file"], row["archive_offset"], row["archive_length"])
            assert not isinstance(page, BrokenRecord)
            process(page)
    return spent[0]


def anew(database: Path, folder: Path, jobs: int, *, everything: bool) -> tuple[Spent, int]:
    """Read all anew; how many claims that altered or gained."""
    order = Order(
        chosen=Selection(ruleset=RULESET_VERSION, everything=everything),
        reader=Reader(folder, {}),
        threshold=0.0,
        jobs=jobs,
        samples=0,
    )
    with measured() as spent:
        state, report = reprocess(database, order)
    assert state == "done"
    return spent[0], report.counts["gained"] + report.counts["altered"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--jobs", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    pages = options.pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = fill(folder, pages)
        size = sum(path.stat().st_size for path in folder.rglob("*.warc.gz"))
        print(
            f"{pages} articles, {size / pages:.0f} bytes of archive and {database.stat().st_size / pages:.0f} of database each"
        )
        bare(database, folder / "archive")  # warm
        alone = bare(database, folder / "archive")
        print(f"bare pass: {_shown(alone, pages)}; load {os.getloadavg()[0]:.1f}")
        for kind in ("same", "other"):
            first = None
            for jobs in options.jobs:
                copy = folder / f"{kind}-{jobs}.db"
                shutil.copyfile(database, copy)
                if kind == "other":
                    damage(copy)
                spent, changed = anew(copy, folder / "archive", jobs, everything=kind == "same")
                first = first or spent
                with Store.open(copy, readonly=True) as store:
                    faults = list(check(store, archive=folder / "archive")) if kind == "other" else []
                print(
                    f"{kind}, {jobs} jobs: {_shown(spent, pages)}; {alone.wall / spent.wall:.2f} of the bare pass, "
                    f"{first.wall / spent.wall:.2f} of {options.jobs[0]} jobs; {changed} claims written, "
                    f"{len(faults)} faults; load {os.getloadavg()[0]:.1f}"
                )


def _shown(spent: Spent, pages: int) -> str:
    return f"{pages / spent.wall:.0f} a second, {1000 * spent.processor / pages:.2f} ms of processor each"


if __name__ == "__main__":
    main()
