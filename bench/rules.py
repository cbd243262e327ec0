"""Measure the rules: time a sentence and an article, beside duckling, PyArabic and dateparser.

    .venv/bin/python -m bench.rules [CORPUS] [--sentences N] [--rounds N] [--json]

CORPUS is a file of JSON lines with `text` (`.jsonl` or `.jsonl.gz`); without it `../shared/corpus/news_1500.jsonl.gz`
is taken if it is there, else the stories of the demo newsroom. Every tool reads the same sentences in one process;
a time is the best of N rounds (one round for dateparser's search, which is slow, over a part of the sentences).
Duckling runs with all dimensions that it has for Arabic. Last come 100 kB of digits, together and apart, of و, of tatweel,
of separators.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import random
import statistics
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from timeit import repeat
from typing import Any

from rules import extract_claims, sentences

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus" / "news_1500.jsonl.gz"
NEWSROOM = ROOT / "tests" / "fixtures" / "newsroom"
HOSTILE = {
    "digits": "7" * 100_000,
    "digits apart": "7 " * 50_000,
    "و": "و" * 100_000,
    "tatweel": "ـ" * 100_000,
    "separators": ".,٫٬" * 25_000,
}
_SLOW = 40  # sentences that dateparser's search reads

Tool = Callable[[str], Any]


def texts(path: Path | None) -> list[str]:
    """The article bodies to measure on."""
    if path is None and not CORPUS.exists():
        stories = sorted(NEWSROOM.glob("*/articles/*.toml"))
        return [
            "\n".join(tomllib.loads(story.read_text(encoding="utf-8"))["paragraphs"]) for story in stories
        ]
    path = path or CORPUS
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return [json.loads(line)["text"] for line in data.decode().split("\n") if line.strip()]


def duckling() -> Tool:
    """All dimensions that it has for Arabic."""
    module = importlib.import_module("duckling")
    zones = module.load_time_zones("/usr/share/zoneinfo")
    now = module.parse_ref_time(zones, "Africa/Casablanca", 1_750_000_000)
    language = module.parse_lang("AR")
    context = module.Context(now, module.parse_locale("AR_MA", module.default_locale_lang(language)))
    # Every dimension that has Arabic rules. A full stop is put behind the text: on some that end in a word it reads one
    # letter too far, which ends the process.
    names = "amount-of-money duration number ordinal quantity temperature time volume"
    dimensions = module.parse_dimensions(names.split())
    return lambda text: module.parse(text + " .", context, dimensions, False)


def pyarabic() -> Tool:
    """Its extraction of number phrases."""
    tool: Tool = importlib.import_module("pyarabic.number").extract_number_phrases
    return tool


def search_dates() -> Tool:
    """dateparser's search in Arabic; it takes languages, not locales."""
    search = importlib.import_module("dateparser.search").search_dates
    return lambda text: search(text, languages=["ar"])


PEERS: dict[str, Callable[[], Tool]] = {
    "duckling": duckling,
    "PyArabic": pyarabic,
    "search_dates": search_dates,
}


def seconds(tool: Tool, parts: Sequence[str], rounds: int) -> float:
    """Seconds of the processor a part, the best round of several; no other work of the machine is in it."""

    def read() -> None:
        for part in parts:
            tool(part)

    return min(repeat(read, timer=time.process_time, number=1, repeat=rounds)) / len(parts)


def measure(bodies: Sequence[str], count: int, rounds: int) -> dict[str, Any]:
    """Times of every tool that can be imported, ratios to ours, the median article, the hostile texts."""
    parts = [body[start:end] for body in bodies for start, end in sentences(body)]
    random.Random(1).shuffle(parts)
    parts = parts[:count]
    size = sum(len(part.encode()) for part in parts) / len(parts)
    ours = seconds(extract_claims, parts, rounds)
    table = {"hasila": {"seconds": ours, "megabytes_a_second": size / ours / 1e6, "ratio": 1.0}}
    for name, load in PEERS.items():
        try:
            tool = load()
        except ImportError:
            continue
        slow = name == "search_dates"
        read = parts[:_SLOW] if slow else parts
        taken = seconds(tool, read, 1 if slow else rounds)
        same = seconds(extract_claims, read, rounds) if slow else ours
        table[name] = {
            "seconds": taken,
            "megabytes_a_second": size / taken / 1e6,
            "ratio": taken / same,
        }
    articles = []
    for body in bodies:
        begun = time.process_time()
        extract_claims(body)
        articles.append((time.process_time() - begun) / max(1, len(body.encode())) * 3000)
    return {
        "sentences": len(parts),
        "bytes_a_sentence": size,
        "tools": table,
        "article_of_3_kB_ms": statistics.median(articles) * 1e3,
        "hostile_100_kB_ms": {
            name: seconds(extract_claims, [text], rounds) * 1e3 for name, text in HOSTILE.items()
        },
    }


def main() -> None:
    """Print the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", nargs="?", type=Path)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = measure(texts(asked.corpus), asked.sentences, asked.rounds)
    if asked.json:
        print(json.dumps(found, ensure_ascii=False))
        return
    print(f"{found['sentences']} sentences, {found['bytes_a_sentence']:.0f} bytes each")
    print(f"{'tool':14}{'ms a sentence':>15}{'MB/s':>10}{'times ours':>12}")
    for name, row in found["tools"].items():
        print(f"{name:14}{row['seconds'] * 1e3:15.3f}{row['megabytes_a_second']:10.3f}{row['ratio']:12.1f}")
    print(f"an article of 3 kB: {found['article_of_3_kB_ms']:.2f} ms in the median")
    for name, taken in found["hostile_100_kB_ms"].items():
        print(f"100 kB of {name}: {taken:.0f} ms")


if __name__ == "__main__":
    main()
