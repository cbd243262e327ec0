"""Claims as files for other programs: CSV, JSON lines, Parquet, and the Frictionless package that describes them.

Every row names where it is from: the URL, the sentence, and when the page was read.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, Final

from hasila.claim_formats import as_json
from store import Store

FORMATS: Final = ("csv", "jsonl", "parquet")
PACKAGE: Final = "datapackage.json"
BATCH: Final = 10_000
"""Rows of a Parquet row group."""

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "indicator": ("string", "The series that it is a figure of."),
    "kind": ("string", "count, money, percent, duration, age, measure or date."),
    "value": (
        "number",
        "The number, scale applied; the low end of a range; money in major units. Null for dates.",
    ),
    "value_high": ("number", "The high end of a range."),
    "unit": ("string", "What is counted or measured."),
    "qualifier": ("string", "exact, approx, more_than, at_least, less_than, at_most or range."),
    "change": ("string", "from and to are the levels of a change, increase and decrease its size."),
    "per": ("string", "What the quantity is a rate per."),
    "modality": ("string", "actual, planned or negated."),
    "when_start": ("date", "First day, inclusive, of what it holds for; of a date, its first day."),
    "when_end": ("date", "Last day, inclusive."),
    "when_relation": ("string", "on, during, as_of, since, by or between."),
    "precision": ("string", "Of a date: day, month, quarter, half, year or span."),
    "text": ("string", "The expression as written."),
    "sentence": ("string", "The sentence that says it."),
    "source": ("string", "Who the text says the figure is from, as written."),
    "title": ("string", "Headline of the article."),
    "site": ("string", "The host; empty for a text without a URL."),
    "source_name": ("string", "Of a reprint, the newspaper that the aggregator names."),
    "url": (
        "string",
        "Where the article is; for a text without a URL text:sha256- and the digest of the text.",
    ),
    "published_on": ("date", "Day of publication in Morocco."),
    "read_at": ("datetime", "When the page was fetched, or the file read, UTC."),
    "ruleset": ("string", "Version of the rules that read the claim."),
    "start": ("integer", "First code point of the expression in the text, from 0."),
    "end": ("integer", "One past its last code point."),
    "claim": ("integer", "Number of the claim in the database."),
    "revision": ("integer", "Number of the revision that says it."),
    "article": ("integer", "Number of the article."),
    "cluster": ("integer", "Number of the communiqué: articles that reprint one text share it."),
}
"""The columns: Frictionless type and meaning."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NAME: Final = "hasila-claims"


class ExportError(Exception):
    """The export cannot be written; the message is one line that says what to do."""


def rows(
    store: Store, *, since: str | None = None, indicator: str | None = None, site: str | None = None
) -> Iterator[dict[str, Any]]:
    """The claims of the latest revisions in order of their numbers, whole numbers without a fraction.

    `since` is a day of publication, `indicator` a series or a programme (`asd` for all of `asd.…`), `site` a host or
    the newspaper of a reprint.
    """
    names = ", ".join(f'"{name}"' for name in FIELDS if name != "url")
    sql = (
        f"SELECT {names}, "  # noqa: S608 - our own names
        "CASE url WHEN '' THEN (SELECT canonical FROM articles WHERE id = article) ELSE url END AS url "
        "FROM claims_latest WHERE (:since IS NULL OR published_on >= :since) "
        "AND (:indicator IS NULL OR indicator = :indicator OR substr(indicator, 1, length(:indicator) + 1) = :indicator || '.') "
        "AND (:site IS NULL OR site = :site OR source_name = :site) ORDER BY claim"
    )
    for row in store.stream(sql, {"since": since, "indicator": indicator, "site": site}):
        yield {name: _plain(row[name]) for name in FIELDS}


def _plain(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write(claims: Iterable[Mapping[str, Any]], path: Path, form: str, *, bom: bool = False) -> int:
    """Write claims to a file, which has its name only when it is whole; return how many those are.

    `bom` puts a byte order mark before CSV, without which some spreadsheets take Arabic for another encoding. Raises
    ExportError where the file cannot be written, or Parquet is not installed.
    """
    writers = {"csv": _csv, "jsonl": _jsonl, "parquet": _parquet}
    with _whole(path) as partial:
        return writers[form](claims, partial, bom)


def _csv(claims: Iterable[Mapping[str, Any]], path: Path, bom: bool) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")  # RFC 4180
        writer.writerow(FIELDS)
        for count, claim in enumerate(claims, start=1):  # noqa: B007 - the number of the last one
            writer.writerow([cell(claim[name]) for name in FIELDS])
    return count


def cell(value: object) -> object:
    """What a spreadsheet may read: text that it would take for a formula gets an apostrophe, numbers stay numbers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _jsonl(claims: Iterable[Mapping[str, Any]], path: Path, bom: bool) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for count, claim in enumerate(claims, start=1):  # noqa: B007
            file.write(f"{as_json(claim)}\n")
    return count


def _parquet(claims: Iterable[Mapping[str, Any]], path: Path, bom: bool) -> int:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError:
        raise ExportError("Parquet needs pyarrow: `pip install 'hasila[parquet]'`") from None
    types = {
        "string": pa.string(),
        "number": pa.float64(),
        "integer": pa.int64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("s", tz="UTC"),
    }
    schema = pa.schema(
        [pa.field(name, types[kind], metadata={"description": text}) for name, (kind, text) in FIELDS.items()]
    )
    count, remaining = 0, iter(claims)
    with parquet.ParquetWriter(path, schema) as writer:
        while batch := list(islice(remaining, BATCH)):
            columns = {
                name: pa.array([claim[name] for claim in batch], type=pa.string()).cast(types[kind])
                if kind == "date"
                else pa.compute.strptime(
                    [claim[name] for claim in batch], format="%Y-%m-%dT%H:%M:%SZ", unit="s"
                ).cast(types[kind])
                if kind == "datetime"
                else pa.array([claim[name] for claim in batch], type=types[kind])
                for name, (kind, _) in FIELDS.items()
            }
            writer.write_table(pa.table(columns, schema=schema))
            count += len(batch)
    return count


def describe(path: Path, form: str, count: int) -> Path:
    """Write the Frictionless data package beside an export; other exports of ours in the folder stay in it.

    Raises ExportError where the folder holds a data package that is not ours.
    """
    package = path.with_name(PACKAGE)
    resources = [
        each
        for each in _known(package)
        if each["path"] != path.name and path.with_name(each["path"]).exists()
    ]
    resources.append(_resource(path, form, count))
    content = {
        "$schema": "https://datapackage.org/profiles/1.0/datapackage.json",
        "name": _NAME,
        "title": "Numeric claims in Moroccan Arabic news about the social protection reform",
        "version": version("hasila"),
        "resources": sorted(resources, key=lambda each: str(each["path"])),
    }
    with _whole(package) as partial:
        partial.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return package


def check_package(folder: Path) -> None:
    """Raise ExportError where a folder holds a data package of somebody else."""
    _known(folder / PACKAGE)


def _known(package: Path) -> list[dict[str, Any]]:
    if not package.exists():
        return []
    try:
        content = json.loads(package.read_text(encoding="utf-8"))
        if content["name"] == _NAME:
            return list(content["resources"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    raise ExportError(f"{package} is not ours and would be replaced: name another folder")


def _resource(path: Path, form: str, count: int) -> dict[str, Any]:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    resource: dict[str, Any] = {
        "name": path.name.lower().replace(".", "-"),
        "path": path.name,
        "format": form,
        "mediatype": {
            "csv": "text/csv",
            "jsonl": "application/jsonl",
            "parquet": "application/vnd.apache.parquet",
        }[form],
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest.hexdigest()}",
        "rows": count,
        "schema": {
            "fields": [
                {"name": name, "type": kind, "description": text} for name, (kind, text) in FIELDS.items()
            ],
            "primaryKey": ["claim"],
            "missingValues": [""],
        },
    }
    if form == "csv":
        resource["dialect"] = {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True}
    return resource


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """A file beside `path` that takes its name when everything went well."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)
