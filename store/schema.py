"""The schema: migrations in the order in which they apply, and the views, which always are the program's own.

A migration is history and is never edited: its vocabularies are written out rather than taken from the records, so
that every database of one version has one schema. A test holds them equal to the records. Views hold no data: those
whose text differs from the program's are made anew when the database is opened for writing. What is derived from other
rows (`store.derived`) is made anew after every migration, so a migration without a statement is how to have it so.
"""

from __future__ import annotations

from importlib.resources import files

from sqlite_utils import Database, Migrations

from store.derived import rebuild

APPLICATION_ID = 0x48415349
"""Marks a SQLite file as ours in its header: `HASI` (sqlite.org/pragma.html#pragma_application_id)."""

migrations = Migrations("hasila")
"""`PRAGMA user_version` is how many of them a database has."""


@migrations()
def first(db: Database) -> None:
    """Pages, articles, revisions, claims, indicators, runs, issues."""
    db.executescript(_sql("migrations/0001_first.sql"))


@migrations()
def crawling(db: Database) -> None:
    """Visits, listings, holds, requests: what a crawl remembers between runs."""
    db.executescript(_sql("migrations/0002_crawling.sql"))


@migrations()
def derived(db: Database) -> None:
    """Clusters, points, changes, tallies and the search index: what `store.derived` keeps."""
    db.executescript(_sql("migrations/0003_derived.sql"))


@migrations()
def records(db: Database) -> None:
    """Records and judgements: what reading the archive anew has to know."""
    db.executescript(_sql("migrations/0004_records.sql"))


@migrations()
def shown(db: Database) -> None:
    """Points with all that a series shows, the coverage of sites, fewer indexes."""
    db.executescript(_sql("migrations/0005_shown.sql"))


def known_version() -> int:
    """The schema version that this program writes."""
    return len(migrations._migrations)


def views() -> dict[str, str]:
    """The views by name, each as its CREATE statement."""
    folder = files(__package__).joinpath("views")
    found = {
        entry.name.removesuffix(".sql"): entry.read_text(encoding="utf-8").strip()
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    }
    return dict(sorted(found.items()))


def stale_views(db: Database) -> dict[str, str]:
    """The views that the database lacks or has with another text, each as its CREATE statement."""
    stored = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'").fetchall())
    return {name: sql for name, sql in views().items() if stored.get(name) != sql}


def migrate(db: Database) -> None:
    """Brings the schema up to date, all or nothing: call it inside an immediate transaction with foreign keys off."""
    pending = migrations.pending(db)
    migrations.apply(db)  # inside a transaction each migration is a savepoint of it
    for name, sql in stale_views(db).items():
        db.execute(f'DROP VIEW IF EXISTS "{name}"')
        db.execute(sql)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {known_version()}")
    if pending:  # what is derived is always the program's own, like the views
        rebuild(db)


def _sql(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
