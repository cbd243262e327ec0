"""Page to article: decoding, themes, stripping, metadata. Pure: bytes, URL, headers and time in; a record out."""

from extract.dates import parse_published
from extract.dumps import extract_text_dump
from extract.urls import canonical_url

__all__ = ["canonical_url", "extract_text_dump", "parse_published"]
