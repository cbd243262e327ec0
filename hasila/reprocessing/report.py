"""What reading anew changes: counts, and a sample of each sort of change, so that a rule can be judged by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from random import Random
from typing import Any, Final

from extract.records import Article
from rules.records import Claim
from store.claim_changes import SAID, Row, fields_altered
from store.reprocessing import ArticleChange, TextChange
from store.rereading import StoredArticle, StoredPage

SORTS: Final = (
    "gained",
    "lost",
    "altered",
    "bodies",
    "titles",
    "dates",
    "new_articles",
    "off_topic",
    "troubles",
    "failures",
)
"""The sorts of changes of which samples are kept."""
_MOST_FAILURES: Final = 20
_DATES: Final = ("published_at", "published_on", "published_raw", "modified_at")

Sample = dict[str, Any]


class Report:
    """The counts and samples of one pass."""

    def __init__(self, ruleset: str, samples: int, *, dry_run: bool) -> None:
        self.ruleset = ruleset
        self.dry_run = dry_run
        self.resumed = False
        """It goes on where an earlier run was stopped; what that one read is not counted."""
        self.counts: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        """How many of the altered claims say something else in each field."""
        self.samples: dict[str, list[Sample]] = {sort: [] for sort in SORTS}
        self._most = samples
        self._seen: Counter[str] = Counter()
        self._random = Random(20260101)  # noqa: S311 - the same samples every time

    def article(self, change: ArticleChange, *, from_archive: bool, off_topic: bool) -> None:
        """Count an article that was read."""
        self.counts["articles"] += 1
        self.counts["from_archive" if from_archive else "from_text"] += 1
        article = change.before
        for text in change.texts:
            self._claims(article, text)
            if text.body != text.before.body:
                self._one("bodies", _about(article) | _bodies(text))
            if text.title != text.before.title:
                self._one("titles", _about(article) | {"before": text.before.title, "after": text.title})
        dates = {name: change.facts[name] for name in _DATES if name in change.facts}
        if dates:
            before, after = ({name: pair[side] for name, pair in dates.items()} for side in (0, 1))
            self._one("dates", _about(article) | {"before": before, "after": after})
        self.counts["articles_changed"] += change.any
        if off_topic:
            self._one("off_topic", _about(article))

    def new_article(
        self, page: StoredPage, article: Article, claims: Sequence[Claim], *, known: bool
    ) -> None:
        """Count a page that holds an article of the reform after all. `known` is one that another page gave."""
        self.counts["pages"] += 1
        if known:
            self.counts["known_articles"] += 1
            return
        self.counts["new_claims"] += len(claims)
        was = page.kind or ("off topic" if page.state == "done" else page.state)
        self._one(
            "new_articles", {"url": page.url, "title": article.title, "was": was, "claims": len(claims)}
        )

    def page(self, unchanged: bool) -> None:
        """Count a page that holds no article of the reform still."""
        self.counts["pages"] += 1
        self.counts["pages_judged_otherwise"] += not unchanged

    def trouble(self, kind: str, message: str, url: str) -> None:
        """Count a page that could not be read from the archive."""
        self.counts[kind] += 1
        self._sample("troubles", {"url": url, "kind": kind, "message": message})

    def failed(self, url: str, reason: str) -> None:
        """Count what made our own code fail."""
        self.counts["failed"] += 1
        if len(self.samples["failures"]) < _MOST_FAILURES:
            self.samples["failures"].append({"url": url, "message": reason})

    def as_object(self) -> dict[str, object]:
        """The report for programs."""
        names = (
            *("articles", "from_archive", "from_text", "articles_changed", "pages", "pages_judged_otherwise"),
            *("gained", "lost", "altered", "kept", "bodies", "titles", "dates"),
            *("new_articles", "new_claims", "known_articles", "off_topic"),
            *("missing_archive", "broken_record", "other_record", "no_longer_article", "failed"),
        )
        return {
            "ruleset": self.ruleset,
            "dry_run": self.dry_run,
            "resumed": self.resumed,
            "counts": {name: self.counts[name] for name in names},
            "altered_fields": dict(self.fields.most_common()),
            "samples": self.samples,
        }

    def _claims(self, article: StoredArticle, text: TextChange) -> None:
        claims = text.claims
        self.counts["kept"] += len(claims.kept)
        for row in claims.gained:
            self._one("gained", _claim(article, text.body, None, row))
        for row in claims.lost:
            self._one("lost", _claim(article, text.before.body, row, None))
        for before, after in claims.altered:
            fields = fields_altered(before, after)
            self.fields.update(fields)
            self._one("altered", _claim(article, text.body, before, after) | {"fields": fields})

    def _one(self, sort: str, sample: Sample) -> None:
        self.counts[sort] += 1
        self._sample(sort, sample)

    def _sample(self, sort: str, sample: Sample) -> None:
        """Keep it so that in the end each has had the same chance (reservoir sampling)."""
        self._seen[sort] += 1
        kept = self.samples[sort]
        if len(kept) < self._most:
            kept.append(sample)
        elif (at := self._random.randrange(self._seen[sort])) < self._most:
            kept[at] = sample


def _about(article: StoredArticle) -> Sample:
    title = next((text.title for text in article.texts if text.latest), article.texts[-1].title)
    return {"url": article.url, "title": title, "published_on": article.published_on}


def _claim(article: StoredArticle, body: str, before: Row | None, after: Row | None) -> Sample:
    shown = after or before
    assert shown is not None  # noqa: S101 - one of them is there
    return {
        **_about(article),
        "text": shown["text"],
        "sentence": body[shown["sentence_start"] : shown["sentence_end"]],
        "before": before and _said(before),
        "after": after and _said(after),
    }


def _said(row: Row) -> Mapping[str, Any]:
    return {name: row[name] for name in SAID if row[name] is not None} | {"rules": row["rules"]}


def _bodies(text: TextChange) -> Sample:
    """The paragraphs that only one of two texts has."""
    before, after = text.before.body.split("\n"), text.body.split("\n")
    gone, come = [], []
    for what, first, last, other_first, other_last in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if what != "equal":
            gone += before[first:last]
            come += after[other_first:other_last]
    return {"before": gone, "after": come, "letters": [len(text.before.body), len(text.body)]}
