"""Search in titles and texts, whatever spelling and particles the words have.

The index holds every reading of a word (`store.arabic.readings`), so that `المستفيدين` finds `والمستفيدين`. It keeps no
text: snippets are cut from the article's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from sqlite_utils import Database

from store.arabic import bare, fold, forms, readings, words
from store.errors import StoreError
from store.records import Hit

Related = Callable[[str], Iterable[str]]
"""Other forms of a folded word, without an article: the plural of a singular, as the caller's lexicon knows it."""

SNIPPET = 160
"""Code points of a snippet, about."""
TITLE_WEIGHT = 4.0
"""A word in the title counts as so many in the text."""
READINGS = 4
"""Most readings of one word in the index, by which words that follow each other are at most so far apart."""

_ADDITION = "INSERT INTO _search (rowid, title, body) VALUES (?, ?, ?)"
_REMOVAL = "INSERT INTO _search (_search, rowid, title, body) VALUES ('delete', ?, ?, ?)"
_PHRASE = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”')


@dataclass(frozen=True, slots=True)
class Term:
    """A word of a query, or several that must follow each other; for each the forms that it may have."""

    alternatives: tuple[frozenset[str], ...]


class Index:
    """What a transaction changes in the index: it waits for the end of that.

    FTS5 collects words in memory, and writes them as a piece of its own before every statement that could be undone by
    itself; the pieces have to be put together again later. So what is to be indexed comes in one go.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: list[tuple[str, tuple[int, str, str]]] = []

    def add(self, article: int, title: str, body: str) -> None:
        """Adds the words of an article, as `shadow` gives them."""
        self._waiting.append((_ADDITION, (article, title, body)))

    def remove(self, article: int, title: str, body: str) -> None:
        """Takes an article out; the words are those that it was added with."""
        self._waiting.append((_REMOVAL, (article, title, body)))

    def clear(self) -> None:
        """Empties the index, at once."""
        self._waiting.clear()
        self._db.execute("INSERT INTO _search (_search) VALUES ('delete-all')")

    def __len__(self) -> int:
        """How many changes wait."""
        return len(self._waiting)

    def forget(self, after: int) -> None:
        """Leaves out the changes after so many."""
        del self._waiting[after:]

    def write(self) -> None:
        """Writes the changes that wait."""
        for statement, row in self._waiting:
            self._db.execute(statement, row)
        self._waiting.clear()


def shadow(text: str) -> str:
    """A text as the index has it: every reading of every word."""
    return " ".join(map(_read, forms(text)))


@lru_cache(maxsize=1 << 16)
def _read(form: str) -> str:
    return " ".join(readings(form))


def parse(query: str, related: Related | None = None) -> list[Term]:
    """The terms of a query: words, and phrases in quotation marks. Everything else in it means nothing.

    Raises StoreError for a query without a word.
    """
    phrases = [next(filter(None, groups), "") for groups in _PHRASE.findall(query)]
    single = forms(_PHRASE.sub(" ", query))
    terms = [forms(phrase) for phrase in phrases] + [(form,) for form in single]
    found = [Term(tuple(_alternatives(form, related) for form in term)) for term in terms if term]
    if not found:
        raise StoreError(f"nothing to search for in {query!r}: give one word or more")
    return list(dict.fromkeys(found))


def _alternatives(form: str, related: Related | None) -> frozenset[str]:
    stem = bare(form)
    return frozenset({stem, *map(fold, related(stem))} if related else {stem})


def _match(terms: Sequence[Term]) -> str:
    """The terms in the language of FTS5, each word in quotes: what a user types is never syntax."""
    return " AND ".join(_near(term.alternatives) for term in terms)


def _near(alternatives: Sequence[frozenset[str]]) -> str:
    if len(alternatives) == 1:
        return "(" + " OR ".join(f'"{form}"' for form in sorted(alternatives[0])) + ")"
    pairs = []
    for first, second in pairwise(alternatives):
        either = (f'NEAR("{a}" "{b}", {2 * READINGS})' for a in sorted(first) for b in sorted(second))
        pairs.append("(" + " OR ".join(either) + ")")
    return "(" + " AND ".join(pairs) + ")"


def search(
    db: Database,
    query: str,
    *,
    related: Related | None,
    since: str | None,
    until: str | None,
    site: str | None,
    limit: int,
) -> Iterator[Hit]:
    """The articles whose latest text or title holds all terms, best first; see `Store.search`."""
    terms = parse(query, related)
    ranked = db.execute(
        "SELECT _search.rowid FROM _search JOIN articles AS a ON a.id = _search.rowid "
        "WHERE _search MATCH :match AND (:since IS NULL OR a.published_on >= :since) "
        "AND (:until IS NULL OR a.published_on <= :until) "
        "AND (:site IS NULL OR a.site = :site OR a.source_name = :site) "
        "ORDER BY bm25(_search, :weight, 1.0), a.id"
        if since or until or site
        else "SELECT rowid FROM _search WHERE _search MATCH :match ORDER BY bm25(_search, :weight, 1.0), rowid",
        {"match": _match(terms), "weight": TITLE_WEIGHT, "since": since, "until": until, "site": site},
    )
    found = 0
    for (article,) in ranked:
        if found == limit:
            return
        # The text is read of those alone that are shown: a frequent word is in most articles.
        title, body, url, host, source_name, published_on, read_at = db.execute(
            "SELECT a.title, r.body, a.url, a.site, a.source_name, a.published_on, r.read_at "
            "FROM articles AS a JOIN revisions AS r ON r.id = a.latest WHERE a.id = ?",
            (article,),
        ).fetchone()
        # FTS5 knows which words stand near each other, the text in which order.
        if any(
            len(term.alternatives) > 1 and not (_places(body, term) or _places(title, term)) for term in terms
        ):
            continue
        found += 1
        start, end, marks = _snippet(body, terms)
        yield Hit(
            article=article,
            title=title,
            url=url,
            site=host,
            source_name=source_name,
            published_on=published_on,
            read_at=read_at,
            start=start,
            end=end,
            snippet=body[start:end],
            marks=tuple((first - start, last - start) for first, last in marks),
        )


def _places(text: str, term: Term) -> list[tuple[int, int]]:
    """Where a term stands in a text, as spans of code points."""
    found = list(words(text))
    size = len(term.alternatives)
    return [
        (found[at][0], found[at + size - 1][1])
        for at in range(len(found) - size + 1)
        if all(
            not forms_.isdisjoint(readings(form))
            for forms_, (_, _, form) in zip(term.alternatives, found[at : at + size], strict=True)
        )
    ]


def _snippet(body: str, terms: Sequence[Term]) -> tuple[int, int, list[tuple[int, int]]]:
    """The part of a text that holds most terms, cut at spaces, and where they stand in it."""
    places = sorted(
        (start, end, number) for number, term in enumerate(terms) for start, end in _places(body, term)
    )
    best: tuple[int, int, int] = (0, 0, 0)  # terms, hits, and where
    for start, _, _ in places:
        inside = [number for first, last, number in places if start <= first and last <= start + SNIPPET]
        if (len(set(inside)), len(inside)) > best[:2]:
            best = (len(set(inside)), len(inside), start)
    last = max((end for start, end, _ in places if best[2] <= start and end <= best[2] + SNIPPET), default=0)
    start = _cut_left(
        body, max(0, min(best[2] - (SNIPPET - (last - best[2])) // 2, len(body) - SNIPPET)), best[2]
    )
    end = _cut_right(body, min(len(body), max(start + SNIPPET, last)), last)
    return start, end, [(first, behind) for first, behind, _ in places if start <= first and behind <= end]


def _cut_left(body: str, at: int, most: int) -> int:
    """The first beginning of a word from `at` on, `most` at the latest."""
    if at == 0:
        return 0
    space = re.compile(r"\s").search(body, at - 1, most)
    return space.end() if space else most


def _cut_right(body: str, at: int, least: int) -> int:
    """The last end of a word up to `at`, `least` at the earliest."""
    if at == len(body):
        return at
    ends = [match.start() for match in re.compile(r"\s").finditer(body, least, at + 1)]
    return ends[-1] if ends else max(at, least)
