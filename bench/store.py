"""How the database holds up: `python -m bench.store [--articles 100000] [--keep FILE]`.

Fills a database with generated articles through `Store.save_article` (a third of them reprints: shortened, under another
lead, with words put right; ten claims each), then asks what analysts ask. Prints milliseconds an insertion, all derived
rows included, of every tenth of the articles, the recall and precision of the clusters against what was generated, and
the milliseconds of every view and of searches.
"""

from __future__ import annotations

import argparse
import itertools
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from extract.records import Article, Method
from rules.records import Claim
from store import Indicator, Store, derived, prepare, reprints

CLAIMS = 10
OUTLETS = 120
INDICATORS = 25
MONTHS = 60
START = datetime(2021, 1, 1, tzinfo=UTC)
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"

# How people ask; views that hold a row a claim are asked for a part.
QUESTIONS = {
    "claims_latest": "SELECT * FROM claims_latest WHERE indicator = 'i7' ORDER BY published_on DESC LIMIT 100",
    "claims_latest of an article": "SELECT * FROM claims_latest WHERE url = (SELECT url FROM articles WHERE id = 500)",
    "claims_history": "SELECT * FROM claims_history ORDER BY read_after DESC LIMIT 100",
    "indicator_series of one": "SELECT * FROM indicator_series WHERE indicator = 'i7' ORDER BY date",
    "indicator_series": "SELECT * FROM indicator_series ORDER BY indicator, date LIMIT 1000",
    "conflicts": "SELECT * FROM conflicts ORDER BY indicator, date",
    "conflicts of one": "SELECT * FROM conflicts WHERE indicator = 'i7' ORDER BY date",
    "claims_by_outlet": "SELECT * FROM claims_by_outlet ORDER BY claims DESC",
    "claims_by_kind": "SELECT * FROM claims_by_kind",
    "articles_by_site": "SELECT * FROM articles_by_site ORDER BY articles DESC",
    "site_coverage": "SELECT * FROM site_coverage",
    "run_health": "SELECT * FROM run_health ORDER BY run DESC",
    "largest_figures": "SELECT * FROM largest_figures ORDER BY value DESC LIMIT 10",
    "pages_by_state": "SELECT * FROM pages_by_state",
}


@dataclass(frozen=True, slots=True)
class Generated:
    """An article and the communiqué that it prints."""

    article: Article
    claims: tuple[Claim, ...]
    communique: int


class Newsrooms:
    """Texts of about 230 words over a vocabulary whose frequencies fall as those of a language do, and stock phrases."""

    def __init__(self, seed: int = 6) -> None:
        self.random = random.Random(seed)
        made = ("".join(self.random.choices(LETTERS, k=self.random.randint(3, 8))) for _ in itertools.count())
        self.words = list(dict.fromkeys(itertools.islice(made, 30_000)))
        self.weights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(self.words))))
        self.phrases = [" ".join(self._draw(7)) for _ in range(150)]
        self.communiques: list[list[str]] = []
        # Each figure is of one series and month, or of none; they come back as figures of newspapers do.
        values = list({self.random.randrange(1000, 10_000_000_000) for _ in range(8 * MONTHS * INDICATORS)})
        self.series = {
            float(value): divmod(at, MONTHS) for at, value in enumerate(values[: MONTHS * INDICATORS])
        }
        self.figures, self.others = (
            list(self.series),
            [float(value) for value in values[MONTHS * INDICATORS :]],
        )

    def _draw(self, count: int) -> list[str]:
        return self.random.choices(self.words, cum_weights=self.weights, k=count)

    def _sentence(self) -> str:
        words = self._draw(self.random.randint(16, 26))
        words.insert(self.random.randrange(len(words)), self.random.choice(self.phrases))
        value = self.random.choice(self.figures if self.random.random() < 0.2 else self.others)
        if self.random.random() < 0.01:
            value = round(value * 1.2)
        words.insert(self.random.randrange(len(words)), f"{value:.0f} أسرة")
        return " ".join(words) + "."

    def __call__(self, number: int) -> Generated:
        """The article with this number."""
        if self.communiques and self.random.random() < 1 / 3:
            communique = self.random.randrange(max(0, len(self.communiques) - 5000), len(self.communiques))
            sentences = self._edited(self.communiques[communique])
        else:
            communique = len(self.communiques)
            sentences = [self._sentence() for _ in range(CLAIMS)]
            self.communiques.append(sentences)
        body = "\n".join(sentences)
        outlet = f"outlet{min(int(self.random.expovariate(0.04)), OUTLETS)}.example"
        published = START + timedelta(days=number * 1800 // 100_000, seconds=number % 86_400)
        article = Article(
            url=f"https://{outlet}/{number}",
            canonical=f"https://{outlet}/{number}",
            site=outlet,
            title=" ".join(sentences[0].split()[:9]),
            body=body,
            method=Method.THEME,
            published_at=published,
        )
        return Generated(article, tuple(self._claims(body, published)), communique)

    def _edited(self, sentences: list[str]) -> list[str]:
        match self.random.randrange(4):
            case 0:
                return sentences
            case 1:
                return sentences[: len(sentences) // 2]
            case 2:
                return [" ".join(self._draw(30)) + ".", *sentences[: len(sentences) * 2 // 3]]
            case _:
                return [" ".join(self._draw(25)) + ".", *sentences[1:]]

    def _claims(self, body: str, published: datetime) -> Iterator[Claim]:
        at = 0
        while (at := body.find(" أسرة", at + 1)) > 0:
            start = max(body.rfind(" ", 0, at), body.rfind("\n", 0, at)) + 1
            value = float(body[start:at])
            series, month = self.series.get(value) or self.series.get(round(value / 1.2), (None, 0))
            day = date(2020 + month // 12, month % 12 + 1, 28)
            yield Claim(
                start=start,
                end=at + len(" أسرة"),
                text=body[start : at + len(" أسرة")],
                kind="count",
                value=value,
                value_high=None,
                unit="household",
                qualifier="exact",
                change=None,
                per=None,
                modality=self.random.choice(("actual", "actual", "actual", "planned")),
                when_start=day,
                when_end=day,
                when_relation="as_of",
                precision=None,
                indicator=None if series is None else f"i{series}",
                source=None,
                rules=("numeral.digits", "unit.household"),
            )


class Stopwatch:
    """A function, and the mean milliseconds that its calls took."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.spent: list[float] = []

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Call it."""
        started = time.perf_counter()
        try:
            return self.function(*arguments, **options)
        finally:
            self.spent.append(1000 * (time.perf_counter() - started))

    def lap(self) -> float:
        """Return the mean since the last lap."""
        mean = statistics.fmean(self.spent)
        self.spent.clear()
        return mean


def fill(store: Store, articles: int) -> None:
    """Store generated articles, an edit of every fiftieth among them, and print what each tenth cost."""
    make = Newsrooms()
    store.load_indicators(
        Indicator(slug=f"i{n}", label_ar="", label_fr="", label_en="", unit="household")
        for n in range(INDICATORS)
    )
    truth: dict[int, int] = {}
    run, tenth = 0, max(1, articles // 10)
    spent: list[float] = []
    processor: list[float] = []
    placing = Stopwatch(reprints.place)
    derived.reprints.place = placing  # type: ignore[assignment]
    for number in range(articles):
        if number % 500 == 0:
            run = store.begin_run("crawl", ["bench"], program="0", ruleset="1", at=START)
        made = make(number)
        at = START + timedelta(days=number * 1800 // 100_000, hours=30)
        started, busy = time.perf_counter(), time.thread_time()
        saved = store.save_article(
            prepare(made.article, made.claims), relevance=5, ruleset="1", read_at=at, run_id=run
        )
        spent.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.thread_time() - busy))
        truth[saved.article_id] = made.communique
        if number % 50 == 0:
            store.save_article(
                prepare(_corrected(made.article)),
                relevance=5,
                ruleset="1",
                read_at=at + timedelta(days=1),
                run_id=run,
            )
        if number % 500 == 499:
            store.end_run(run, "done", {}, at=at)
        if (number + 1) % tenth == 0:
            last = sorted(spent[-tenth:])
            print(
                f"{number + 1:>9} articles: clusters {placing.lap():5.2f} ms each; all of it: mean {statistics.fmean(last):5.2f} ms "
                f"({statistics.fmean(processor[-tenth:]):5.2f} of the processor), median {statistics.median(last):5.2f}, "
                f"99 of 100 under {last[int(0.99 * len(last))]:6.2f}",
                flush=True,
            )
    _score(store, truth)


def _corrected(article: Article) -> Article:
    return replace(article, body=f"{article.body}\nتصحيح.")


def _score(store: Store, truth: dict[int, int]) -> None:
    clusters = dict(store.db.execute("SELECT article, cluster FROM clusters").fetchall())

    def pairs(counts: Counter[object]) -> int:
        return sum(n * (n - 1) // 2 for n in counts.values())

    together = pairs(Counter((clusters[article], communique) for article, communique in truth.items()))
    found, real = pairs(Counter(clusters.values())), pairs(Counter(truth.values()))
    print(f"pairs of reprints: {real}, precision {together / found:.4f}, recall {together / real:.4f}")


def measured(question: Callable[[], int], repeat: int) -> str:
    """How many rows a question has, and the median milliseconds that it takes: of the clock, and of the processor."""
    clock, processor = [], []
    for _ in range(repeat):
        started, busy = time.perf_counter(), time.thread_time()
        rows = question()
        clock.append(1000 * (time.perf_counter() - started))
        processor.append(1000 * (time.thread_time() - busy))
    return (
        f"{rows:>7} rows, {statistics.median(clock):7.1f} ms "
        f"({statistics.median(processor):7.1f} of the processor), first {clock[0]:7.1f} ms"
    )


def ask(path: Path, repeat: int) -> None:
    """Print how long each question takes, on a connection of its own."""
    for name, sql in QUESTIONS.items():
        with Store.open(path, readonly=True) as store:
            print(f"{name:<30} {measured(lambda: len(store.rows(sql)), repeat)}")  # noqa: B023 - called at once


def search(path: Path, repeat: int) -> None:
    """Print how long searches for frequent and rare words take."""
    words = Newsrooms().words
    queries = {
        "two frequent words": f"{words[0]} {words[1]}",
        "a middling word": words[300],
        "a rare word": words[-1],
        "a phrase": f'"{words[0]} {words[1]}"',
    }
    with Store.open(path, readonly=True) as store:
        for name, query in queries.items():
            print(f"search: {name:<22} {measured(lambda: len(store.search(query)), repeat)}")  # noqa: B023


def main() -> None:
    """Fill and ask."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="a database to fill, or one filled earlier to ask again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = options.keep or Path(folder) / "bench.db"
        if not path.exists():
            with Store.open(path) as store:
                fill(store, options.articles)
        with Store.open(path, readonly=True) as store:
            (size,) = store.rows(
                "SELECT (SELECT count(*) FROM articles) AS articles, (SELECT count(*) FROM claims) AS claims"
            )
        print(f"{size['articles']} articles, {size['claims']} claims, {path.stat().st_size / 1e6:.0f} MB")
        ask(path, options.repeat)
        search(path, options.repeat)


if __name__ == "__main__":
    main()
