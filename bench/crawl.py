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
begun = time.perf_counter()
process.start()
print(Bare.pages, time.perf_counter() - begun)
"""
_OURS = """
import json, os, sys, time
from pathlib import Path
from crawler.booking import PageBook
from hasila.crawling import crawl
from hasila.sites import site_spiders
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
begun = time.perf_counter()
outcome = crawl(spiders, database=Path(sys.argv[1]), overrides=json.loads(sys.argv[2]))
print(outcome.tallies["quickpost"].articles, time.perf_counter() - begun)
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


def bare(proxy: str) -> tuple[int, float]:
    """Pages counted, and the seconds from the start of the crawl to its end."""
    pages, seconds = _run(_BARE, proxy)[0].split()
    assert int(pages), "the bare spider saw nothing"
    return int(pages), float(seconds)


def ours(proxy: str, folder: Path, *, every: int) -> tuple[int, float, list[int]]:
    """Articles stored, seconds, and the resident memory in MiB of all processes after each `every` pages."""
    settings = {
        **NO_WAITING,
        "HASILA_ORIGINS": {"quickpost": "http://quickpost.test"},
        "HASILA_PROXY": proxy,
        "HASILA_DAILY_REQUESTS": 0,
    }
    lines = _run(_OURS, str(folder / "bench.db"), json.dumps(settings), str(every))
    pages, seconds = lines[0].split()
    return int(pages), float(seconds), [int(sample) for sample in lines[1].split()]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with site(options.pages) as proxy:
        for _ in range(options.runs):
            counted, bare_seconds = bare(proxy)
            with tempfile.TemporaryDirectory() as folder:
                stored, seconds, memory = ours(proxy, Path(folder), every=max(options.pages // 20, 1))
                size = sum(path.stat().st_size for path in Path(folder).rglob("*.warc.gz")) >> 20
            print(
                f"bare {counted} pages, {counted / bare_seconds:.0f} a second; "
                f"hasila {stored} articles, {stored / seconds:.0f} a second "
                f"({stored / seconds / (counted / bare_seconds):.0%}); archive {size} MiB"
            )
            print("resident MiB:", *memory)
            time.sleep(0.5)


if __name__ == "__main__":
    main()
