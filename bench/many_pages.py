"""A news site of any size on loopback: `python -m bench.many_pages COUNT` serves until it is told to stop.

Every page is a small WordPress page, about two kilobytes, with a title, an address, a date and a text of its own: nine
sentences about the reform (bench/many_pages.toml), half of them with a figure, put together anew for every page. Two of
them share about as many runs of words as two articles on one topic do, so none is taken for a reprint of another. The
server is a proxy for `quickpost.test`, as the newsroom is, and does as little as it can.
"""

from __future__ import annotations

import asyncio
import random
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

MATERIAL = Path(__file__).with_suffix(".toml")
ORIGIN = "http://quickpost.test"


def url(number: int) -> str:
    """The address of a page."""
    return f"{ORIGIN}/story-{number}/"


class ManyPages:
    """The site: its feed lists all pages; there are no other listings. `asked` are the paths asked for, in order."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked: list[str] = []
        material = tomllib.loads(MATERIAL.read_text(encoding="utf-8"))
        self._sentences: list[str] = material["sentences"]
        self._words: dict[str, list[str]] = material["words"]
        items = "".join(f"<item><link>{url(number)}</link></item>" for number in range(count))
        self._feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()

    def text(self, number: int) -> list[str]:
        """The paragraphs of a page."""
        chance = random.Random(number)
        sentences = []
        for template in chance.sample(self._sentences, 9):
            drawn = {name: iter(chance.sample(words, 3)) for name, words in self._words.items()}
            drawn["number"] = (f"{chance.randrange(1_000, 900_000):,}" for _ in range(3))
            drawn["share"] = (f"{chance.randrange(20, 990) / 10:.1f}".replace(".", ",") for _ in range(3))
            sentence = " ".join(
                next(drawn[word[1:]]) if word[0] == "$" else word for word in template.split()
            )
            sentences.append(sentence.replace(" .", ".").replace(" ،", "،"))
        return [" ".join(sentences[at : at + 3]) for at in range(0, 9, 3)]

    def _page(self, number: int) -> str:
        return _PAGE.format(
            title=f"الدعم الاجتماعي المباشر: حصيلة رقم {number}",
            url=url(number),
            day=date(2021, 1, 1) + timedelta(days=number % 2000),
            number=number,
            body="\n".join(f"<p>{paragraph}</p>" for paragraph in self.text(number)),
        )

    def body(self, path: str) -> tuple[bytes, bytes] | None:
        """The media type and the body of a path; None for what is not there."""
        if path.startswith("/story-"):
            return b"text/html; charset=utf-8", self._page(int(path[7:-1])).encode()
        if path == "/feed/":
            return b"application/rss+xml", self._feed
        return None


_PAGE = """<!doctype html>
<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{title}</title><link rel="canonical" href="{url}">
<meta property="article:published_time" content="{day}T10:00:00+01:00"></head>
<body class="single single-post postid-{number}"><nav><a href="/">الرئيسية</a></nav>
<article><h1 class="entry-title">{title}</h1><div class="entry-content">
{body}
</div></article><footer><p>جميع الحقوق محفوظة</p></footer></body></html>
"""


class _Connection(asyncio.Protocol):
    def __init__(self, site: ManyPages) -> None:
        self._site = site
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = urlsplit(head.split(b" ", 2)[1].decode("ascii")).path
            self._site.asked.append(path)
            found = self._site.body(path)
            status, (media, body) = (b"200 OK", found) if found else (b"404 Not Found", (b"text/plain", b""))
            self._transport.write(  # type: ignore[attr-defined]
                b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n%b"
                % (status, media, len(body), body)
            )


async def _serve(site: ManyPages) -> asyncio.Server:
    return await asyncio.get_running_loop().create_server(lambda: _Connection(site), "127.0.0.1", 0)


@contextmanager
def serving(site: ManyPages) -> Iterator[str]:
    """Serve a site from a thread; gives the address of the proxy."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(_serve(site), loop).result()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _main(count: int) -> None:
    server = await _serve(ManyPages(count))
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1])))
