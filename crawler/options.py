"""What a run is told by the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

from scrapy.settings import BaseSettings

from crawler.archive import LONGEST_FILE
from crawler.visits import SCHEDULE


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings that concern all sites of a run."""

    threshold: float
    """An article below this relevance is not stored."""
    budget: int | None = None
    """At most so many pages are asked for; None for any number."""
    archive: Path | None = None
    """The folder of the archive; None where nothing is kept."""
    longest_file: int = LONGEST_FILE
    """Bytes after which an archive file is followed by another."""
    schedule: tuple[timedelta, ...] = SCHEDULE
    """How long after it was stored an article is looked at again."""
    user_agent: str = "Hasila"

    @classmethod
    def of(cls, settings: BaseSettings, database: Path, *, budget: int | None = None) -> Self:
        """Read the settings. The folder of the archive is relative to that of the database."""
        archive = settings.get("HASILA_ARCHIVE")
        return cls(
            threshold=settings.getfloat("RELEVANCE_THRESHOLD"),
            budget=budget,
            archive=database.parent / archive if archive else None,
            longest_file=settings.getint("HASILA_ARCHIVE_FILE_SIZE"),
            schedule=tuple(
                timedelta(seconds=float(seconds)) for seconds in settings.getlist("HASILA_REVISITS")
            ),
            user_agent=settings["USER_AGENT"],
        )
