"""docs/database.md: its queries run and answer, and its reference is the schema's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_samples import BODY, CLAIMS, T0, URL, article, claim, later, save, seed

from store import DiscoveredUrl, Store
from store.describe import reference

DOC = (Path(__file__).parent.parent / "docs" / "database.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```$", DOC, flags=re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small database in which every question of the document has an answer."""
    path = tmp_path_factory.mktemp("docs") / "hasila.db"
    with Store.open(path) as store:
        seed(store)
        run = store.begin_run("crawl", ["akhbar"], program="0.1.0", ruleset="1", at=later(24))
        edited = BODY.replace("4 ملايين", "5 ملايين")
        planned = "وستبلغ 6 ملايين أسرة."
        text = f"{edited}\n{planned}"
        claims = [
            claim(text, "5 ملايين أسرة", 5e6, indicator="asd.households"),
            claim(text, "6 ملايين أسرة", 6e6, indicator="asd.households", modality="planned"),
        ]
        save(store, article(text), claims, page_url=URL, run_id=run, read_at=later(24))
        save(
            store,
            article(BODY, "https://thani.example/1", site="thani.example"),
            [replace(CLAIMS[0], value=4e6)],
        )
        store.discover("akhbar", [DiscoveredUrl(url="https://akhbar.example/2", found_by="rss")], at=T0)
        store.add_issue(
            "no_author", "no author in the page", run_id=run, site="akhbar", url=URL, at=later(24)
        )
        store.end_run(run, "done", {"pages": 1}, at=later(25))
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path, readonly=True) as opened:
        yield opened


def test_there_are_queries() -> None:
    assert len(QUERIES) >= 12


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: " ".join(query.split())[:70])
def test_the_queries_answer(store: Store, query: str) -> None:
    rows = store.rows(query)
    if 'substr(r.body, c.start + 1, c."end" - c.start) <> c.text' in query:
        assert rows == []
    else:
        assert rows


def test_the_first_query_is_the_series(store: Store) -> None:
    rows = store.rows(QUERIES[0])
    assert [(row["date"], row["date_basis"], row["value"], row["outlets"]) for row in rows] == [
        ("2025-09-17", "publication", 4e6, 1),
        ("2025-09-17", "publication", 5e6, 1),
    ]


def test_every_view_has_a_query(store: Store) -> None:
    asked = " ".join(QUERIES)
    for (view,) in store.db.execute("SELECT name FROM sqlite_master WHERE type = 'view'"):
        assert re.search(rf"\bFROM {view}\b", asked), view


def test_the_reference_is_that_of_the_schema() -> None:
    """Where this fails: replace what follows the last heading by the output of `python -m store.describe`."""
    assert DOC.endswith(f"\n\n{reference()}")
