"""Page to article: decoding, themes, stripping, metadata. Pure: bytes, URL, headers and time in; a record out."""

from extract.dates import parse_published
from extract.dumps import extract_text_dump
from extract.explain import Attempt, Block, Explanation
from extract.pages import explain_page, extract_page
from extract.urls import canonical_url

__all__ = [
    "Attempt",
    "Block",
    "Explanation",
    "canonical_url",
    "explain_page",
    "extract_page",
    "extract_text_dump",
    "parse_published",
]
