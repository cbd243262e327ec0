"""Measure the extraction: token F1 of the body, titles and dates, milliseconds a page, beside its peers.

    .venv/bin/python -m bench.extract [FOLDER] [--rounds N] [--json]
    .venv/bin/python -m bench.extract --update-baseline

FOLDER holds `NAME.html.gz` with `NAME.json` beside it (`body`, and `title`, `published` where the page states them);
without it the folder `../shared/gold/pages` is taken if it is there, else `tests/fixtures/pages`. Peers are
measured when they can be imported: trafilatura, resiliparse, readability-lxml, lxml, selectolax. All run in one
process and by turns: each round goes through all pages, and on each page every extractor runs once. The milliseconds
are processor time, not time on the clock: the median over the pages of the least of N rounds. So a busy machine falls on
all of them alike and decides nothing. The ratios are those of the milliseconds.

`--update-baseline` writes the F1 on each page under `tests/fixtures/pages` to `extract_baseline.json`, below which no
change may fall (a test compares). It adds and raises; a page that has become worse keeps its floor and is named.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import importlib
import json
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from extract import extract_page
from extract.records import Article, Method, Page

ROOT = Path(__file__).resolve().parent.parent
GOLD = ROOT.parent / "shared" / "gold" / "pages"
FIXTURES = ROOT / "tests" / "fixtures" / "pages"
BASELINE = ROOT / "bench" / "extract_baseline.json"
_TOKEN = re.compile(r"\w+")

Extractor = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Sample:
    """A page with its true body."""

    name: str
    html: bytes
    body: str
    title: str | None
    published: str | None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """What one extractor did on one page."""

    f1: float
    seconds: float


def samples(folder: Path) -> Iterator[Sample]:
    """Yield the pages of a folder (not of folders below it) that have a true body."""
    for path in sorted([*folder.glob("*.html"), *folder.glob("*.html.gz")]):
        name = path.name.removesuffix(".gz").removesuffix(".html")
        truth = json.loads((path.parent / f"{name}.json").read_text("utf-8"))
        if "body" not in truth:
            continue
        body = truth["body"] if isinstance(truth["body"], str) else "\n".join(truth["body"])
        published = truth.get("published") or truth.get("published_at")
        html = path.read_bytes() if path.suffix == ".html" else gzip.decompress(path.read_bytes())
        yield Sample(name, html, body, truth.get("title"), published[:10] if published else None)


def token_f1(found: str, true: str) -> float:
    """Return the F1 of the two bags of words."""
    a, b = Counter(_TOKEN.findall(found)), Counter(_TOKEN.findall(true))
    common = (a & b).total()
    return 2 * common / (a.total() + b.total()) if common else 0.0


def _own(methods: set[Method]) -> Extractor:
    def run(html: bytes) -> str:
        result = extract_page(Page(body=html, url=""), methods=methods)
        return result.body if isinstance(result, Article) else ""

    return run


def _peers() -> Iterator[tuple[str, Extractor]]:
    def have(*names: str) -> list[Any] | None:
        try:
            return [importlib.import_module(name) for name in names]
        except ImportError:
            return None

    if found := have("trafilatura"):
        (trafilatura,) = found
        yield "trafilatura", lambda html: trafilatura.extract(html, include_comments=False) or ""
        yield (
            "trafilatura fast",
            lambda html: trafilatura.extract(html, fast=True, include_comments=False) or "",
        )
        yield (
            "trafilatura precision",
            lambda html: trafilatura.extract(html, favor_precision=True, include_comments=False) or "",
        )
    if found := have("resiliparse.extract.html2text", "resiliparse.parse.encoding"):
        html2text, encoding = found
        yield (
            "resiliparse",
            lambda html: html2text.extract_plain_text(
                encoding.bytes_to_str(html, "utf-8"), main_content=True
            ),
        )
    if found := have("readability", "lxml.html"):
        readability, fragment = found

        def read(html: bytes) -> str:
            summary = readability.Document(html.decode("utf-8", "replace")).summary()
            return str(fragment.fromstring(summary).text_content())

        yield "readability-lxml", read
    if found := have("lxml.html"):
        yield "parse: lxml", _parse_only(found[0].fromstring)
    if found := have("selectolax.lexbor"):
        yield "parse: selectolax", _parse_only(found[0].LexborHTMLParser)


def _parse_only(parse: Callable[[bytes], Any]) -> Extractor:
    def run(html: bytes) -> str:
        parse(html)
        return ""

    return run


def measure(extractors: dict[str, Extractor], pages: list[Sample], rounds: int) -> dict[str, list[Score]]:
    """Run the extractors over the pages by turns, keeping the least processor time of each on each page."""
    scores = {name: [Score(0.0, float("inf"))] * len(pages) for name in extractors}
    for _ in range(rounds):
        for place, page in enumerate(pages):
            for name, extractor in extractors.items():
                text = ""
                start = time.process_time()
                # A peer may give up on a page; that counts as nothing found.
                with contextlib.suppress(Exception):
                    text = extractor(page.html)
                seconds = min(time.process_time() - start, scores[name][place].seconds)
                scores[name][place] = Score(token_f1(text, page.body), seconds)
    return scores


def fixture_scores() -> dict[str, dict[str, float]]:
    """Return the F1 on each fixture page that holds an article, with all methods and with the stripper alone."""
    scores: dict[str, dict[str, float]] = {}
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        for page in samples(folder):
            scores[f"{folder.name}/{page.name}"] = {
                name: round(token_f1(_own(methods)(page.html), page.body), 4)
                for name, methods in (("all", set(Method)), ("stripper", {Method.STRIPPER}))
            }
    return scores


def update_baseline() -> list[str]:
    """Write the floors of the fixture pages; return the pages that are below theirs, whose floors stay."""
    floors = json.loads(BASELINE.read_text("utf-8")) if BASELINE.exists() else {}
    fallen = []
    kept = {}
    for page, scores in fixture_scores().items():
        floor = floors.get(page, {})
        kept[page] = {name: max(score, floor.get(name, 0.0)) for name, score in scores.items()}
        if kept[page] != scores:
            fallen.append(page)
    lines = ",\n".join(f" {json.dumps(page)}: {json.dumps(scores)}" for page, scores in kept.items())
    BASELINE.write_text(f"{{\n{lines}\n}}\n", "utf-8")
    return fallen


def stated(pages: list[Sample]) -> tuple[int, int, int, int]:
    """Return how many titles are right of how many stated, and the same for dates."""
    titles = dates = right_titles = right_dates = 0
    for page in pages:
        result = extract_page(Page(body=page.html, url=page.url))
        article = result if isinstance(result, Article) else None
        if page.title:
            titles += 1
            right_titles += article is not None and article.title == page.title
        if page.published:
            dates += 1
            moment = article.published_at if article else None
            right_dates += moment is not None and moment.date().isoformat() == page.published
    return right_titles, titles, right_dates, dates


def report(folder: Path, rounds: int) -> dict[str, Any]:
    """Measure everything over one folder."""
    pages = list(samples(folder))
    if not pages:
        return {}
    extractors: dict[str, Extractor] = {
        "hasila": _own(set(Method)),
        "hasila stripper alone": _own({Method.STRIPPER}),
    }
    extractors |= dict(_peers())
    rows: dict[str, dict[str, Any]] = {}
    for name, scores in measure(extractors, pages, rounds).items():
        worst = min(range(len(scores)), key=lambda index: scores[index].f1)
        rows[name] = {"ms": round(1000 * statistics.median(score.seconds for score in scores), 3)}
        if not name.startswith("parse: "):
            rows[name] |= {
                "mean_f1": round(statistics.mean(score.f1 for score in scores), 4),
                "worst_f1": round(scores[worst].f1, 4),
                "worst_page": pages[worst].name,
            }
    right_titles, titles, right_dates, dates = stated(pages)
    facts = {"pages": len(pages), "titles": f"{right_titles}/{titles}", "dates": f"{right_dates}/{dates}"}
    return {"folder": folder.name, **facts, "extractors": rows}


def ratios(rows: dict[str, dict[str, Any]]) -> dict[str, float]:
    """Return how many times as fast as trafilatura this is, in its mode of the best F1, and how slow beside a parse."""
    own = rows["hasila"]["ms"]
    modes = [row for name, row in rows.items() if name.startswith("trafilatura")]
    found = {}
    if modes:
        best = max(modes, key=lambda row: row["mean_f1"])
        found["times as fast as trafilatura's best mode:"] = best["ms"] / own
        found["as its fastest:"] = min(row["ms"] for row in modes) / own
    if parse := rows.get("parse: selectolax"):
        found["times selectolax's bare parse:"] = own / parse["ms"]
    return found


def _print(result: dict[str, Any]) -> None:
    print(f"{result['folder']}: {result['pages']} pages, titles {result['titles']}, dates {result['dates']}")
    rows = result["extractors"]
    own = rows["hasila"]["ms"]
    print(f"{'':24}{'mean F1':>9}{'worst':>9}{'ms':>9}{'× own':>8}  worst page")
    for name, row in rows.items():
        mean, worst = row.get("mean_f1"), row.get("worst_f1")
        figures = f"{mean:9.4f}{worst:9.4f}" if mean is not None else " " * 18
        print(f"{name:24}{figures}{row['ms']:9.2f}{row['ms'] / own:8.2f}  {row.get('worst_page', '')}")
    print("; ".join(f"{what} {ratio:.1f}" for what, ratio in ratios(rows).items()))


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Measure the extraction beside its peers.")
    parser.add_argument(
        "folder", nargs="?", type=Path, help="pages to measure on (default: ../shared/gold/pages)"
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=5,
        help="turns over all pages, of which the least time counts (default 5)",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a folder")
    parser.add_argument(
        "--update-baseline",
        action="store_true",
        help="raise the floors of the fixture pages, measure nothing",
    )
    options = parser.parse_args()
    if options.update_baseline:
        fallen = update_baseline()
        sys.exit(f"worse than before, floors kept: {', '.join(fallen)}" if fallen else 0)
    top = options.folder or (GOLD if GOLD.is_dir() else FIXTURES)
    if not top.is_dir():
        parser.error(f"{top} is no folder; name one that holds NAME.html(.gz) and NAME.json")
    for folder in [top, *sorted(path for path in top.iterdir() if path.is_dir())]:
        result = report(folder, options.rounds)
        if result and options.json:
            print(json.dumps(result, ensure_ascii=False))
        elif result:
            _print(result)


if __name__ == "__main__":
    main()
