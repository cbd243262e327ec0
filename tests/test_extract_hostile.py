"""Pages made to break parsers end in time and memory, and never in silence."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from extract import extract_page
from extract.hostile import MAX_BYTES, scan
from extract.last_resort import flatten
from extract.records import Article, NotArticle, Page, PageKind

TEXT = "بلغ عدد المستفيدين من الدعم الاجتماعي المباشر 4 ملايين أسرة في نهاية السنة، حسب بلاغ للوزارة الوصية."
ARTICLE = f"<h1>خبر</h1><div><p>{TEXT}</p><p>وأضاف {TEXT}</p></div>".encode()
START = "<html lang='ar'><head><title>خبر</title></head><body>".encode()
MIXED = b"<b><i>" * 800 + ARTICLE + b"</i></b>" * 800

READABLE = {
    "200,000 attributes on one tag": START
    + b"<div "
    + b" ".join(b"a%d=1" % n for n in range(200_000))
    + b">"
    + ARTICLE,
    "100,000 nested tags": START + b"<div>" * 100_000 + ARTICLE + b"</div>" * 100_000,
    "5,000 nested tags": START + b"<div>" * 5_000 + ARTICLE,
    "1,600 open formatting tags": START + MIXED,
    "4 MB text node after the article": START + ARTICLE + b"<pre>" + b"word " * 800_000 + b"</pre>",
    "a million unclosed comments": START + ARTICLE + b"<!--" * 1_000_000,
    "40,000 nested tables": START + b"<table>" * 40_000 + ARTICLE,
    "60,000 open formatting tags": START + b"<font color=red>" * 60_000 + ARTICLE,
    "text in the wrong place of a table": START + b"<table>" + b"x<b>" * 20_000 + ARTICLE,
    "tags closed in the wrong order": START + ARTICLE + b"<a><b><p></a></b>" * 15_000,
    "JSON-LD of 400,000 brackets": START + ARTICLE + b"<script type='application/ld+json'>" + b"[" * 400_000,
    "a class of 3 MB": START + b"<div class='" + b"a b " * 750_000 + b"'>" + ARTICLE,
    "a canonical address of 1 MB": b"<link rel=canonical href='http://a/"
    + b"%d8" * 350_000
    + b"'>"
    + START
    + ARTICLE,
    "1,000,000 invisible characters": START + ARTICLE + b"<p>" + "\u200b".encode() * 1_000_000,
    "40,000 lines of a list": START + b"<ul>" + b"<li><a href=x>a b c</a>" * 40_000 + ARTICLE,
    "unfinished tags": START + ARTICLE + b"<a " * 1_000_000,
}
REFUSED = {
    "200,000 paragraphs with links": START + f"<p>خبر <a href=x>{'ر' * 3}</a></p>".encode() * 150_000,
    "10 MB text node": START + b"<p>" + b"word " * 2_000_000,
}


@pytest.mark.parametrize("body", READABLE.values(), ids=READABLE.keys())
def test_hostile_page_is_read(body: bytes) -> None:
    start = time.process_time()
    result = extract_page(Page(body=body, url=""))
    assert time.process_time() - start < 5
    assert isinstance(result, Article)
    assert TEXT in result.body.split("\n")


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_hostile_page_is_refused_with_a_reason(body: bytes) -> None:
    start = time.process_time()
    result = extract_page(Page(body=body, url=""))
    assert time.process_time() - start < 5
    assert isinstance(result, NotArticle)
    assert result.kind is PageKind.HOSTILE
    assert result.reason


def test_a_dump_of_many_lines_is_read_in_time() -> None:
    start = time.process_time()
    result = extract_page(
        Page(body=f"{TEXT}\n\n{TEXT[::-1]}\n".encode() + "أ ب 12\n".encode() * 400_000, url="")
    )
    assert time.process_time() - start < 5
    assert isinstance(result, Article | NotArticle)


def test_memory_stays_below_300_mb() -> None:
    code = """
import resource
from extract import extract_page
from extract.records import Page
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
attributes = b" ".join(b"a%d=1" % n for n in range(200_000))
for body in (b"<html><body><div " + attributes + b"><p>x</p>", b"<html><body>" + b"<p>so <a href=x>y</a></p>" * 190_000,
             b"<html><body>" + b"<div>" * 100_000 + b"x", b"<html><body>" + b"<p>a b</p>" * 70_000):
    extract_page(Page(body=body, url=""))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start) // 1024)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 300


def test_ordinary_pages_pass_the_scan() -> None:
    assert scan(START + ARTICLE * 500) is None
    assert scan(b"<div data-state='" + b"a b=1 " * 20_000 + b"'>" + ARTICLE) is None
    assert scan(b"<script>if (a<b) {" + b"var c = 1 ;\n" * 10_000 + b"}</script>" + ARTICLE) is None
    assert scan(b"<html><script>" + b"var a = 1 < b ;\n" * 10_000 + b"</script><p>x</p>") is None


def test_size_is_refused_before_anything_is_read() -> None:
    assert scan(b"x" * (MAX_BYTES + 1)) is not None


def test_flattened_page_keeps_paragraphs_links_and_metadata() -> None:
    flat = flatten(
        '<meta property="og:title" content="a&quot;b"><nav>menu</nav><div><div>one <a href=x>two</a></div><p>three'
    )
    assert flat == (
        '<html><body><meta property="og:title" content="a&quot;b"><p>one <a href=\'#\'>two</a></p><p>three</p></body></html>'
    )


@pytest.mark.parametrize(
    "body",
    [
        b"<",
        b"<p",
        b"<!doctype html>",
        b"<html>\xff",
        b"<div>" + b"\x00" * 3,
        b"&#x110000;<p>",
        b"<p>\xe2\x80",
    ],
)
def test_scraps_of_markup_never_raise(body: bytes) -> None:
    assert isinstance(extract_page(Page(body=body, url="not a url")), NotArticle)
