"""The schema: what it refuses, how it comes about, and that it says what it means."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database, Migrations
from sqlite_utils.create_table_parser import parse_checks
from store_samples import BODY, INDICATORS, T0, URL, article, claim, later, save, seed

from extract.records import Method, PageKind
from rules.records import CHANGES, KINDS, MODALITIES, PRECISIONS, QUALIFIERS, RELATIONS
from store import PAGE_STATES, RUN_STATES, ArchivePointer, Store, StoreError, StoreRefused, archived, schema
from store.describe import describe
from store.upkeep import check

NAN = float("nan")
EDITED = "https://akhbar.example/edited"


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "hasila.db") as opened:
        seed(opened)
        yield opened


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A store for tests that leave it as it is: with an edited article, so that no table is empty."""
    with Store.open(tmp_path_factory.mktemp("store") / "hasila.db") as opened:
        seed(opened)
        first, second = "بلغ العدد 5 أسر.", "بلغ العدد 6 أسر."
        for hours, body in enumerate((first, second)):
            text = body.removeprefix("بلغ العدد ").removesuffix(".")
            save(opened, article(body, EDITED), [claim(body, text, 5 + hours)], read_at=later(hours))
        with opened.transaction():
            archived.point(opened.db, 1, ArchivePointer(file="a.warc.gz", offset=0, length=1), T0)
            archived.judge(opened.db, 1, "1")
        yield opened


def copy_with(store: Store, table: str, changes: dict[str, object]) -> None:
    """Inserts a copy of the table's first row with other values, in the raw: no code of ours stands before it."""
    (row,) = store.rows(f'SELECT * FROM "{table}" ORDER BY 1 LIMIT 1')
    row |= {"id": None} if "id" in row else {}
    row |= UNIQUES.get(table, {}) | changes
    columns = ", ".join(f'"{name}"' for name in row)
    with store.transaction():
        store.db.execute(
            f"INSERT INTO {table} ({columns}) VALUES ({', '.join('?' * len(row))})", list(row.values())
        )


# What must differ in a second row of a table for it to be another one.
UNIQUES: dict[str, dict[str, object]] = {
    "articles": {"canonical": "https://akhbar.example/2", "latest": None},
    "pages": {"url": "https://akhbar.example/2"},
    "revisions": {"number": 2},
    "indicators": {"slug": "another"},
    "claims": {"kind": "age"},
    "tallies": {"site": "another.example"},
    "records": {"revision": 2},
}

# A change that is allowed, so that it is the change beside it that is refused.
DATE = {
    "value": None,
    "unit": None,
    "qualifier": None,
    "modality": None,
    "indicator": None,
    "source": None,
    "kind": "date",
}
QUANTITY: dict[str, object] = {}

REFUSED: list[tuple[str, dict[str, object]]] = [
    ("runs", {"command": ""}),
    ("runs", {"sites": "{}"}),
    ("runs", {"counters": "[]"}),
    ("runs", {"started_at": "2025-09-17 10:30:00"}),
    ("runs", {"ended_at": "2025-09-31T10:30:00Z"}),
    ("runs", {"state": "ended"}),
    ("runs", {"state": "running"}),  # with an end
    ("runs", {"state": "done", "ended_at": None}),
    ("indicators", {"slug": ""}),
    ("indicators", {"unit": None}),
    ("articles", {"canonical": ""}),
    ("articles", {"canonical": URL}),  # not unique
    ("articles", {"title": None}),
    ("articles", {"published_at": "2025-09-17T10:30Z"}),
    ("articles", {"published_on": "2025-02-29"}),
    ("articles", {"published_on": None}),  # with a moment
    ("articles", {"modified_at": "yesterday"}),
    ("articles", {"relevance": "much"}),  # STRICT
    ("articles", {"relevance": None}),
    ("articles", {"first_seen": "2025-09-17"}),
    ("articles", {"last_seen": "2025-09-17T10:30:00+01:00"}),
    ("articles", {"latest": 99}),
    ("pages", {"url": ""}),
    ("pages", {"url": URL}),
    ("pages", {"site": ""}),
    ("pages", {"found_by": ""}),
    ("pages", {"state": "lost"}),
    ("pages", {"state": "not_article", "kind": "other"}),
    ("pages", {"state": "not_article"}),  # without a kind
    ("pages", {"kind": "listing"}),  # of a page that is done
    ("pages", {"tries": -1}),
    ("pages", {"next_try_at": "2025-09-17T10:30:00Z"}),  # of a page that is done
    ("pages", {"state": "pending", "next_try_at": "soon"}),
    ("pages", {"discovered_at": "2025-09-17T25:00:00Z"}),
    ("pages", {"fetched_at": "17/09/2025"}),
    ("pages", {"article": 99}),
    ("pages", {"archive_file": "a.warc.gz"}),  # without a place in it
    ("pages", {"archive_file": "", "archive_offset": 0, "archive_length": 1}),
    ("pages", {"archive_file": "a.warc.gz", "archive_offset": -1, "archive_length": 1}),
    ("pages", {"archive_file": "a.warc.gz", "archive_offset": 0, "archive_length": 0}),
    ("revisions", {"article": 99}),
    ("revisions", {"number": 0}),
    ("revisions", {"number": 1}),  # not unique
    ("revisions", {"body": "a\0b"}),
    ("revisions", {"body_hash": "a" * 63}),
    ("revisions", {"body_hash": "A" * 64}),
    ("revisions", {"method": "guess"}),
    ("revisions", {"read_at": "2025-09-17T10:30:00.5Z"}),
    ("revisions", {"ruleset": ""}),
    ("revisions", {"page": 99}),
    ("revisions", {"run": 99}),
    ("claims", {"revision": 99}),
    ("claims", {"start": -1}),
    ("claims", {"start": -2, "end": -1, "text": BODY[-1]}),  # SQL counts back from the end of the body
    ("claims", {"start": 0, "end": 0, "text": ""}),
    ("claims", {"end": 17}),  # not the length of the text
    (
        "claims",
        {"start": 17, "end": 30, "text": "4 ملايين أسرة"},
    ),  # one too far: not what the body holds there
    ("claims", {"kind": "count"}),  # the same mention again
    ("claims", {"kind": "number"}),
    ("claims", {"value": None}),
    ("claims", {"value": float("inf")}),
    ("claims", {"value": NAN}),
    ("claims", {"value": "four"}),
    ("claims", {"qualifier": "range"}),  # without a high end
    ("claims", {"value_high": 5e6}),  # of no range
    ("claims", {"qualifier": "range", "value_high": float("-inf")}),
    ("claims", {"qualifier": "about"}),
    ("claims", {"qualifier": None}),
    ("claims", {"change": "up"}),
    ("claims", {"modality": "likely"}),
    ("claims", {"modality": None}),
    ("claims", {"precision": "day"}),  # of a quantity
    ("claims", {"when_start": "2025-02-30"}),
    ("claims", {"when_end": "2025"}),
    ("claims", {"when_start": "2025-02-01", "when_end": "2025-01-31"}),
    ("claims", {"when_relation": "near"}),
    ("claims", {"indicator": "asd.unknown"}),
    ("claims", {"rules": '{"a": 1}'}),
    ("claims", {"sentence_start": 17}),
    ("claims", {"sentence_start": -1}),
    ("claims", {"sentence_end": 28}),
    ("claims", {"sentence_end": len(BODY) + 1}),
    ("claims", DATE | {"precision": "week"}),
    ("claims", DATE | {"value": 4.0}),
    ("claims", DATE | {"unit": "year"}),
    ("claims", DATE | {"qualifier": "exact"}),
    ("claims", DATE | {"change": "to"}),
    ("claims", DATE | {"per": "month"}),
    ("claims", DATE | {"modality": "actual"}),
    ("claims", DATE | {"indicator": "asd.households"}),
    ("claims", DATE | {"source": "الوزارة"}),
    ("issues", {"run": 99}),
    ("issues", {"kind": "No author"}),
    ("issues", {"kind": ""}),
    ("issues", {"message": ""}),
    ("issues", {"message": "two\nlines"}),
    ("issues", {"message": "two\rlines"}),
    ("issues", {"at": "2025-09-17T10:30:60Z"}),
    ("visits", {"page": 99}),
    ("visits", {"at": "2025-09-17"}),
    ("visits", {"looks": -1}),
    ("listings", {"url": ""}),
    ("listings", {"site": ""}),
    ("listings", {"articles": -1}),
    ("listings", {"fetched_at": "yesterday"}),
    ("holds", {"host": ""}),
    ("holds", {"until": "later"}),
    ("holds", {"reason": ""}),
    ("requests", {"site": ""}),
    ("requests", {"day": "2025-02-30"}),
    ("requests", {"sent": -1}),
    ("points", {"date": "2025-02-30", "date_basis": "text"}),
    ("points", {"date_basis": "guess"}),
    ("points", {"outlets": 0}),
    ("points", {"articles": 0}),
    ("points", {"date": None, "date_basis": "text"}),
    ("points", {"low": 5e6}),
    ("points", {"claim": 99}),
    ("changes", {"change": "lowered"}),
    ("changes", {"before": None}),
    ("changes", {"after": None}),
    ("clusters", {"article": 99}),
    ("clusters", {"article": 2, "cluster": 99}),
    ("tallies", {"kind": "every"}),
    ("tallies", {"claims": 0, "with_indicator": 0, "articles": 0}),
    ("tallies", {"with_indicator": 99}),
    ("tallies", {"articles": 0}),
    ("run_tallies", {"claims": -1}),
    ("records", {"revision": 99}),
    ("records", {"archive_file": ""}),
    ("records", {"archive_offset": -1}),
    ("records", {"archive_length": 0}),
    ("records", {"fetched_at": "2025-09-17"}),
    ("judgements", {"page": 99}),
    ("judgements", {"ruleset": ""}),
]


@pytest.mark.parametrize(("table", "changes"), REFUSED, ids=lambda part: str(part)[:60])
def test_the_schema_refuses(untouched: Store, table: str, changes: dict[str, object]) -> None:
    with pytest.raises(StoreRefused):
        copy_with(untouched, table, changes)


def test_every_check_of_the_schema_is_among_those_that_bite(untouched: Store) -> None:
    """SQLite names the constraint, or its expression, that a row broke: none may be missing above."""
    bitten = set()
    for table, changes in REFUSED:
        with pytest.raises(StoreRefused) as refusal:
            copy_with(untouched, table, changes)
        _, found, constraint = str(refusal.value).partition("CHECK constraint failed: ")
        if found:
            bitten.add((table, " ".join(constraint.split())))
    checks = {
        (table, " ".join((check.name or check.check).split()))
        for table, sql in untouched.db.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%STRICT'")
        for check in parse_checks(sql)
    }
    assert len(checks) > 40
    assert checks - bitten == set()


@pytest.mark.parametrize(
    "table", ["runs", "indicators", "articles", "pages", "revisions", "claims", "issues"]
)
def test_the_same_row_without_the_change_is_accepted(store: Store, table: str) -> None:
    copy_with(store, table, {})


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        ("claims", DATE),
        ("claims", {"qualifier": "range", "value_high": 5e6}),
        ("claims", {"when_start": "2025-01-31", "when_end": "2025-02-01", "when_relation": "between"}),
        ("claims", {"value": -3.5}),
        ("pages", {"state": "pending", "next_try_at": "2025-09-17T10:30:00Z"}),
        ("pages", {"archive_file": "a.warc.gz", "archive_offset": 0, "archive_length": 1}),
        ("runs", {"state": "running", "ended_at": None}),
    ],
    ids=str,
)
def test_the_schema_accepts(store: Store, table: str, changes: dict[str, object]) -> None:
    copy_with(store, table, changes)


@pytest.mark.parametrize(
    ("table", "column", "vocabulary", "beside"),
    [
        ("claims", "kind", set(KINDS) - {"date"}, QUANTITY),
        ("claims", "qualifier", set(QUALIFIERS) - {"range"}, QUANTITY),
        ("claims", "change", set(CHANGES), QUANTITY),
        ("claims", "modality", set(MODALITIES), QUANTITY),
        ("claims", "when_relation", set(RELATIONS), QUANTITY),
        ("claims", "precision", set(PRECISIONS), DATE),
        ("revisions", "method", set(Method), {}),
        ("pages", "kind", set(PageKind), {"state": "not_article"}),
        ("pages", "state", set(PAGE_STATES) - {"not_article"}, {}),
        ("runs", "state", set(RUN_STATES) - {"running"}, {}),
    ],
)
def test_every_word_of_a_vocabulary_has_its_place(
    store: Store, table: str, column: str, vocabulary: set[str], beside: dict[str, object]
) -> None:
    """Where this fails the records have a word that the schema lacks: write a migration."""
    for number, word in enumerate(sorted(vocabulary)):
        other = {
            "claims": {"start": 0, "end": number + 1, "text": BODY[: number + 1], "sentence_start": 0},
            "revisions": {"number": number + 2},
            "pages": {"url": f"https://akhbar.example/{number + 2}"},
        }.get(table, {})
        copy_with(store, table, other | beside | {column: word})
    assert {row[column] for row in store.rows(f"SELECT {column} FROM {table}")} >= vocabulary


def test_the_vocabularies_have_no_word_more_than_the_records(store: Store) -> None:
    """The CHECK of a column lists exactly the words of its vocabulary."""
    for table, column, vocabulary in [
        ("claims", "kind", KINDS),
        ("claims", "qualifier", QUALIFIERS),
        ("claims", "change", CHANGES),
        ("claims", "modality", MODALITIES),
        ("claims", "when_relation", RELATIONS),
        ("claims", "precision", PRECISIONS),
        ("revisions", "method", [*Method]),
        ("pages", "kind", [*PageKind]),
        ("pages", "state", PAGE_STATES),
        ("runs", "state", RUN_STATES),
    ]:
        ((sql,),) = store.db.execute("SELECT sql FROM sqlite_master WHERE name = ?", (table,)).fetchall()
        words = ", ".join(f"'{word}'" for word in vocabulary)
        assert f"CHECK ({column} IN ({words}))" in sql


def test_a_text_is_never_changed(store: Store) -> None:
    with pytest.raises(StoreRefused, match="never changed"), store.transaction():
        store.db.execute("UPDATE revisions SET body = body || 'x'")


def test_a_claim_does_not_move(store: Store) -> None:
    with pytest.raises(StoreRefused, match="does not move"), store.transaction():
        store.db.execute('UPDATE claims SET start = start + 1, "end" = "end" + 1')


def test_every_claim_is_what_its_text_holds_at_its_offsets(store: Store) -> None:
    """Code points, not bytes or UTF-16 units: emoji, letters outside the basic plane, marks and a no-break space."""
    body = "🙂 𞸀 بَلَغَ 1\u00a0200 أسرة ثم 5 أسر 🙂 و7 أسر"
    texts = ["1\u00a0200 أسرة", "5 أسر", "7 أسر"]
    save(store, article(body, "https://akhbar.example/9"), [claim(body, text, 1) for text in texts])
    broken = store.rows(
        'SELECT c.id FROM claims c JOIN revisions r ON r.id = c.revision WHERE substr(r.body, c.start + 1, c."end" - c.start) <> c.text'
    )
    assert broken == []
    assert len(store.rows("SELECT 1 FROM claims")) == 5


def test_every_table_is_strict_and_every_table_column_and_view_has_a_comment(store: Store) -> None:
    relations = describe(store.db)
    assert {r.name for r in relations if r.kind == "table"} == {
        "articles",
        "changes",
        "claims",
        "clusters",
        "coverage",
        "holds",
        "indicators",
        "issues",
        "judgements",
        "listings",
        "pages",
        "points",
        "records",
        "requests",
        "revisions",
        "run_tallies",
        "runs",
        "tallies",
        "visits",
    }
    assert {r.name for r in relations if r.kind == "view"} == set(schema.views())
    for relation in relations:
        assert relation.comment, relation.name
        if relation.kind == "table":
            assert [c.name for c in relation.columns if not c.comment] == [], relation.name
            (strict,) = store.db.execute(
                "SELECT strict FROM pragma_table_list(?)", (relation.name,)
            ).fetchone()
            assert strict == 1, relation.name


def test_the_lookups_of_every_page_and_article_use_an_index(store: Store) -> None:
    for sql in [
        "SELECT url FROM pages WHERE site = 'a' AND state = 'pending' AND (next_try_at IS NULL OR next_try_at <= 'b')",
        "SELECT 1 FROM pages WHERE url = 'a'",
        "SELECT 1 FROM articles WHERE canonical = 'a'",
        "SELECT 1 FROM articles WHERE latest = 1",
        "SELECT 1 FROM revisions WHERE article = 1 AND body_hash = 'a'",
        "SELECT 1 FROM claims WHERE revision = 1",
        "SELECT 1 FROM claims WHERE indicator = 'a'",
        "SELECT 1 FROM issues WHERE run = 1",
        "SELECT 1 FROM revisions WHERE run = 1",
        "SELECT 1 FROM points WHERE indicator = 'a'",
        "SELECT 1 FROM points WHERE cluster BETWEEN 1 AND 1",
        "SELECT 1 FROM points WHERE claim = 1",
        "SELECT 1 FROM clusters WHERE cluster = 1",
        "SELECT 1 FROM changes WHERE article = 1",
        "SELECT 1 FROM changes WHERE before = 1",
        "SELECT 1 FROM changes WHERE after = 1",
        "SELECT article, count(*) FROM _bands WHERE band IN (1, 2) GROUP BY article",
    ]:
        plan = " ".join(row["detail"] for row in store.rows(f"EXPLAIN QUERY PLAN {sql}"))
        assert "SEARCH" in plan, f"{sql}: {plan}"
        assert "SCAN" not in plan, f"{sql}: {plan}"


# Migrations


DATABASES = Path(__file__).parent / "fixtures" / "databases"
"""A database of every earlier schema, as its program wrote it. A schema that landed gets a file like these."""
EARLIER = range(1, schema.known_version())


def older(path: Path, version: int) -> dict[str, tuple[str, list[tuple[object, ...]]]]:
    """Makes the database of an earlier version; returns its rows by table, with the query that reads them."""
    with sqlite3.connect(path) as old:
        old.executescript((DATABASES / f"version_{version}.sql").read_text(encoding="utf-8"))
    old.close()
    old = sqlite3.connect(path)
    rows = {}
    for table in WRITTEN & {name for (name,) in old.execute("SELECT name FROM sqlite_master")}:
        names = ", ".join(f'"{row[1]}"' for row in old.execute(f"PRAGMA table_info({table})"))
        query = f"SELECT {names} FROM {table} ORDER BY rowid"
        rows[table] = (query, old.execute(query).fetchall())
    old.close()
    return rows


WRITTEN = {
    "articles",
    "claims",
    "holds",
    "indicators",
    "issues",
    "judgements",
    "listings",
    "pages",
    "records",
    "requests",
    "revisions",
    "runs",
    "visits",
}
"""The tables that are not derived from others."""


@pytest.mark.parametrize("version", EARLIER)
def test_a_database_of_every_earlier_version_is_brought_up_with_its_rows(
    tmp_path: Path, version: int
) -> None:
    path = tmp_path / "old.db"
    rows = older(path, version)
    assert all(found for table, (_, found) in rows.items() if table != "judgements")
    with pytest.raises(StoreError, match="earlier version"):
        Store.open(path, readonly=True)
    with Store.open(path) as store, Store.open(tmp_path / "new.db") as new:
        for table, (query, found) in rows.items():
            assert store.db.execute(query).fetchall() == found, table
        assert describe(store.db) == describe(new.db)
        indexes = "SELECT name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY name"
        assert store.rows(indexes) == new.rows(indexes)
        assert store.rows(
            "SELECT cluster, count(*) AS n FROM clusters WHERE article < 4 GROUP BY cluster"
        ) == [
            {"cluster": 1, "n": 1},
            {"cluster": 2, "n": 2},
        ]
        assert store.rows("SELECT change, value_before, value_after FROM claims_history") == [
            {"change": "raised", "value_before": 4e6, "value_after": 4.1e6}
        ]
        assert {2, 3} <= {hit.article for hit in store.search("الأسر")}
        assert list(check(store)) == []
        assert save(store, article(BODY), [], read_at=later(1)).outcome == "unchanged"


def test_a_new_database_has_the_schema_and_its_version(tmp_path: Path) -> None:
    with Store.open(tmp_path / "new.db") as store:
        assert store.rows("PRAGMA user_version") == [{"user_version": schema.known_version()}]
        assert store.rows("PRAGMA application_id") == [{"application_id": schema.APPLICATION_ID}]
        assert store.rows("PRAGMA foreign_keys") == [{"foreign_keys": 1}]
        assert store.rows("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
        assert store.rows("SELECT name FROM _sqlite_migrations ORDER BY rowid") == [
            {"name": migration.name} for migration in schema.migrations._migrations
        ]


def test_opening_again_writes_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        seed(store)
    before = (tmp_path / "a.db").read_bytes()
    with Store.open(tmp_path / "a.db") as store:
        assert store.db.conn.total_changes == 0
    assert (tmp_path / "a.db").read_bytes() == before


def test_a_view_of_an_earlier_program_is_made_anew_and_views_of_users_are_left(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        seed(store)
        with store.transaction():
            store.db.execute("DROP VIEW claims_latest")
            store.db.execute("CREATE VIEW claims_latest AS SELECT 1 AS one")
            store.db.execute("DROP VIEW run_health")
            store.db.execute("CREATE VIEW mine AS SELECT count(*) AS n FROM claims")
    with Store.open(tmp_path / "a.db") as store:
        assert len(store.rows("SELECT sentence FROM claims_latest")) == 2
        assert len(store.rows("SELECT run FROM run_health")) == 1
        assert store.rows("SELECT n FROM mine") == [{"n": 2}]


@pytest.fixture
def two_versions(monkeypatch: pytest.MonkeyPatch) -> Migrations:
    """A program with one migration more than ours, as a later version will have."""
    later = Migrations("hasila")
    later._migrations = list(schema.migrations._migrations)

    @later()
    def second(db: Database) -> None:
        db.execute("ALTER TABLE articles ADD COLUMN shelf TEXT")

    monkeypatch.setattr(schema, "migrations", later)
    return later


def test_a_database_of_an_earlier_version_is_migrated_with_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, two_versions: Migrations
) -> None:
    path = tmp_path / "a.db"
    with monkeypatch.context() as earlier:
        first_only = Migrations("hasila")
        first_only._migrations = two_versions._migrations[:-1]
        earlier.setattr(schema, "migrations", first_only)
        with Store.open(path) as store:
            seed(store)
    with pytest.raises(StoreError, match="earlier version"):
        Store.open(path, readonly=True)
    with Store.open(path) as store:
        assert store.rows("SELECT shelf, title FROM articles") == [{"shelf": None, "title": "حصيلة الدعم"}]
        assert store.rows("PRAGMA user_version") == [{"user_version": schema.known_version()}]


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, two_versions: Migrations
) -> None:
    path = tmp_path / "a.db"
    two_versions._migrations, third = two_versions._migrations[:-1], two_versions._migrations[-1:]
    with Store.open(path) as store:
        seed(store)
    before = path.read_bytes()

    def breaks(db: Database) -> None:
        db.execute("DROP TABLE issues")
        db.execute("SELECT no_such_column FROM pages")

    two_versions._migrations += third
    two_versions(name="breaks")(breaks)
    with pytest.raises(sqlite3.OperationalError, match="no_such_column"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_migration_that_breaks_a_reference_is_rolled_back(tmp_path: Path, two_versions: Migrations) -> None:
    path = tmp_path / "a.db"
    two_versions._migrations = two_versions._migrations[:-1]
    with Store.open(path) as store:
        seed(store)

    @two_versions()
    def orphans(db: Database) -> None:
        db.execute("DELETE FROM indicators")

    with pytest.raises(StoreError, match="1 rows that refer to rows it lacks \\(the first in claims\\)"):
        Store.open(path)
    two_versions._migrations.pop()
    with Store.open(path) as store:
        assert len(store.rows("SELECT 1 FROM indicators")) == len(INDICATORS)


def _die_in_a_migration(path: str) -> None:
    def dies(db: Database) -> None:
        db.execute("DROP TABLE issues")
        db.execute("PRAGMA cache_spill = 1")
        os._exit(9)  # like kill -9: no rollback, no closing

    schema.migrations(name="dies")(dies)
    Store.open(path)


def test_a_process_killed_inside_a_migration_leaves_it_pending(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with Store.open(path) as store:
        seed(store)
    process = multiprocessing.get_context("spawn").Process(target=_die_in_a_migration, args=(str(path),))
    process.start()
    process.join(60)
    assert process.exitcode == 9
    with Store.open(path) as store:
        assert store.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
        assert store.rows("PRAGMA user_version") == [{"user_version": schema.known_version()}]
        assert len(store.rows("SELECT 1 FROM issues")) == 1


def _die_while_what_is_derived_is_made_anew(path: str) -> None:
    schema.rebuild = lambda db: os._exit(9)
    Store.open(path)


@pytest.mark.parametrize("version", [EARLIER[0], EARLIER[-1]])
def test_a_database_stays_of_its_version_where_its_migration_is_killed(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.db"
    rows = older(path, version)
    process = multiprocessing.get_context("spawn").Process(
        target=_die_while_what_is_derived_is_made_anew, args=(str(path),)
    )
    process.start()
    process.join(60)
    assert process.exitcode == 9
    old = sqlite3.connect(path)
    assert old.execute("PRAGMA user_version").fetchone() == (version,)
    assert old.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (version,)
    assert all(old.execute(query).fetchall() == found for query, found in rows.values())
    old.close()
    with Store.open(path) as store:
        assert all(store.db.execute(query).fetchall() == found for query, found in rows.values())
        assert list(check(store)) == []
