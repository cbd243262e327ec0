"""Parsing XML that a stranger wrote."""

from __future__ import annotations

from typing import Final

from lxml import etree  # type: ignore[import-untyped]
from scrapy.http import Response
from scrapy.utils.gz import gunzip, gzip_magic_number

from crawler.discovery.pieces import UnreadableListingError

LARGEST: Final = 20 * 1024 * 1024
"""Bytes that a sitemap may have, unpacked. The protocol allows 50 MB for 50,000 addresses; these take 20 at most."""


def parse(response: Response) -> etree._Element:
    """Return the root: no network, no external files, no entity is expanded, errors are mended.

    Raises UnreadableListingError where there is no XML, or more than LARGEST of it.
    """
    body = response.body
    if gzip_magic_number(response):
        try:
            body = gunzip(body, max_size=LARGEST)
        except (OSError, EOFError, ValueError) as error:
            raise UnreadableListingError(f"cannot be unpacked: {error}") from error
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
    )
    try:
        root: etree._Element | None = etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableListingError(f"is no XML: {error}") from error
    if root is None:
        raise UnreadableListingError("is no XML")
    return root


def local(element: etree._Element) -> str:
    """Return the name of an element without its namespace."""
    return str(etree.QName(element).localname)


def text_of(element: etree._Element, *names: str) -> str | None:
    """Return the text of the first child of one of these names, in that order of preference."""
    for name in names:
        child = next(element.iterchildren(f"{{*}}{name}"), None)
        if child is not None and child.text and child.text.strip():
            return str(child.text)
    return None
