"""A run over files: what `hasila extract --db` stores."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from crawler.catalogue import load_catalogue
from crawler.process import Processed
from extract.records import Article
from rules import RULESET_VERSION
from store import RunState, Store, prepare


class FileRun:
    """One row in `runs` and the articles read in it. A context manager: the run is closed at its end.

    Raises StoreError where the database cannot be used.
    """

    def __init__(self, database: Path, *, command: str = "extract") -> None:
        self._database = database
        self._command = command
        self._counters: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._store = Store.open(self._database)
        try:
            load_catalogue(self._store)
            self._number = self._store.begin_run(
                self._command, [], program=version("hasila"), ruleset=RULESET_VERSION, at=datetime.now(UTC)
            )
        except BaseException:
            self._store.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            state: RunState = (
                "done" if kind is None else "interrupted" if kind is KeyboardInterrupt else "failed"
            )
            self._store.end_run(self._number, state, self._counters, at=datetime.now(UTC))
        finally:
            self._store.close()

    def note(self, kind: str, message: str, path: str) -> None:
        """Record something odd about a file."""
        self._store.add_issue(kind, message, run_id=self._number, url=path, at=datetime.now(UTC))

    def keep(self, article: Article, processed: Processed, *, read_at: datetime) -> None:
        """Store an article. A text without a URL is known by the digest of its body, so that it is stored once."""
        if not article.canonical:
            digest = sha256(article.body.encode()).hexdigest()
            article = replace(article, canonical=f"text:sha256-{digest}")
        saved = self._store.save_article(
            prepare(article, processed.claims, processed.sentences),
            relevance=processed.relevance.score if processed.relevance else 0.0,
            ruleset=RULESET_VERSION,
            read_at=read_at,
            run_id=self._number,
        )
        self._counters["read"] += 1
        self._counters[saved.outcome] += 1
