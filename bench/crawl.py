"""How fast a crawl is with everything on, beside a bare Scrapy spider that only counts the pages: `python -m bench.crawl`.

Both fetch the same small pages from a server of its own process on loopback, without delays; robots.txt, holds, caps,
archive, extraction, rules and database are on in ours and absent from the bare one. `--pages 20000` for the memory.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
NO_WAITING = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "LOG_LEVEL": "WARNING",
}
_BARE = """
import sys, time
from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
class Bare(Spider):
    name = "bare"
    pages = 0
    async def start(self):
        yield Request("http://quickpost.test/feed/", self.parse_feed, meta={"proxy": sys.argv[1]})
    def parse_feed(self, response):
        for url in response.xpath("//item/link/text()").getall():
            yield Request(url, self.parse, meta={"proxy": sys.argv[1]})
    def parse(self, response):
        Bare.pages += 1
process = AsyncCrawlerProcess({"LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False})
process.crawl(Bare)
begun, busy = time.perf_counter(), time.process_time()
process.start()
print(Bare.pages, time.perf_counter() - begun, time.process_time() - busy)
"""
_OURS = """
import json, os, resource, sys, time
from pathlib import Path
from crawler.booking import PageBook
from hasila.crawl_log import crawl_log
from hasila.crawling import crawl
from hasila.sites import project_settings, site_spiders
def resident():
    status = [Path("/proc", number, "status").read_text() for number in ("self", *children())]
    return sum(int(each.split("VmRSS:")[1].split()[0]) for each in status) // 1024
def children():
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
spiders = [spider for spider in site_spiders() if spider.name == "quickpost"]
every, samples, pages, keep = int(sys.argv[3]), [], 0, PageBook.keep
def sampled(self, site, fetched, processed):
    global pages
    keep(self, site, fetched, processed)
    pages += 1
    if pages % every == 0:
        samples.append(resident())
PageBook.keep = sampled
settings = project_settings()
settings.setdict(json.loads(sys.argv[2]), priority="cmdline")
begun, busy = time.perf_counter(), time.process_time()
with crawl_log(settings):
    outcome = crawl(spiders, database=Path(sys.argv[1]), overrides=json.loads(sys.argv[2]))
seconds, reader = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
print(outcome.tallies["quickpost"].articles, seconds, time.process_time() - busy, reader.ru_utime + reader.ru_stime)
print(*samples)
"""


@contextmanager
def site(pages: int) -> Iterator[str]:
    """Serve that many pages from a process of its own; gives the address of the proxy."""
    command = [sys.executable, "-m", "bench.many_pages", str(pages)]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout
        yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


def _run(code: str, *arguments: str) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.NamedTemporaryFile("w", suffix=".py") as script:  # Scrapy reads the source of callbacks
        script.write(code)
        script.flush()
        done = subprocess.run(
            [sys.executable, script.name, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout.split("\n")


@dataclass(frozen=True)
class Crawled:
    """What a crawl did."""

    pages: int
    """Counted by the bare spider, stored as articles by ours."""
    seconds: float
    fetching: float
    """Seconds of a processor that the process of Scrapy took meanwhile."""
    reading: float = 0.0
    """Those of the process that extracts and applies the rules."""
    resident: tuple[int, ...] = ()
    """Memory of both processes in MiB, now and then."""

    @property
    def rate(self) -> float:
        """Pages a second."""
        return self.pages / self.seconds


def bare(proxy: str) -> Crawled:
    """Crawl with a spider that only counts."""
    pages, *seconds = _run(_BARE, proxy)[0].split()
    assert int(pages), "the bare spider saw nothing"
    return Crawled(int(pages), *map(float, seconds))


def ours(proxy: str, folder: Path, *, every: int) -> Crawled:
    """Crawl with everything on, looking at the memory after each `every` pages."""
    settings = {
        **NO_WAITING,
        "HASILA_ORIGINS": {"quickpost": "http://quickpost.test"},
        "HASILA_PROXY": proxy,
        "HASILA_DAILY_REQUESTS": 0,
    }
    lines = _run(_OURS, str(folder / "bench.db"), json.dumps(settings), str(every))
    pages, *seconds = lines[0].split()
    return Crawled(int(pages), *map(float, seconds), resident=tuple(map(int, lines[1].split())))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with site(options.pages) as proxy:
        for _ in range(options.runs):
            counted = bare(proxy)
            with tempfile.TemporaryDirectory() as folder:
                stored = ours(proxy, Path(folder), every=max(options.pages // 20, 1))
                size = sum(path.stat().st_size for path in Path(folder).rglob("*.warc.gz")) >> 20
            print(
                f"bare {counted.pages} pages, {counted.rate:.0f} a second; "
                f"hasila {stored.pages} articles, {stored.rate:.0f} a second "
                f"({stored.rate / counted.rate:.0%}); archive {size} MiB"
            )
            print(
                f"milliseconds of a processor a page: bare {counted.fetching / counted.pages * 1000:.2f}, "
                f"hasila {stored.fetching / stored.pages * 1000:.2f} to fetch, archive and store, "
                f"{stored.reading / stored.pages * 1000:.2f} to read"
            )
            print("resident MiB:", *stored.resident)
            time.sleep(0.5)


if __name__ == "__main__":
    main()
