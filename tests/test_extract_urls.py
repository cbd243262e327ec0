"""Addresses under which one article is reached fold into one."""

from __future__ import annotations

import pytest

from extract import canonical_url

ARTICLE = "https://www.example.ma/politique/1234.html"
SLUG = "https://example.ma/%D8%A7%D9%84%D8%AF%D8%B9%D9%85/"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (ARTICLE + "?utm_source=fb&utm_medium=x&fbclid=abc", ARTICLE),
        (ARTICLE + "#comments", ARTICLE),
        (ARTICLE + "/amp", ARTICLE),
        (ARTICLE + "?amp=1", ARTICLE),
        ("HTTPS://WWW.Example.ma:443/politique/1234.html", ARTICLE),
        ("https://m.example.ma/a/1?b=2&a=1", "https://example.ma/a/1?a=1&b=2"),
        ("https://amp.example.ma/a/1", "https://example.ma/a/1"),
        ("https://example.ma/story/amp/", "https://example.ma/story/"),
        ("https://example.ma/amp/story/", "https://example.ma/story/"),
        ("https://example.ma/الدعم/", SLUG),
        ("https://example.ma/%d8%a7%d9%84%d8%af%d8%b9%d9%85/?gclid=1", SLUG),
        ("https://example.ma", "https://example.ma/"),
        ("https://example.ma/faces/index.xhtml", "https://example.ma/faces/"),
        ("https://m.ma/a", "https://m.ma/a"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("https://[bad/", "https://[bad/"),
        ("https://example.ma/%ff", "https://example.ma/%ff"),
    ],
)
def test_canonical(url: str, expected: str) -> None:
    assert canonical_url(url) == expected
    assert canonical_url(expected) == expected


def test_relative_link_is_resolved() -> None:
    assert canonical_url("../politique/1234.html?ref=home", base="https://www.example.ma/a/b") == ARTICLE
