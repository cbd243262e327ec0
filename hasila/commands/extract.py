"""`hasila extract`: saved pages in, articles and their claims out."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import click
from rich.console import Console

from crawler.process import Processed, process, process_text_dump
from crawler.replay import LARGEST_PAGE as MAX_PAGE_BYTES
from crawler.replay import ArchivedText, BrokenRecord, is_archive, read_archive, record_at
from extract import explain_page
from extract.records import Article, Layout, NotArticle, Page, PageKind
from hasila.claim_formats import as_json, claim_record, claims_table
from hasila.exits import Exit
from hasila.file_run import FileRun
from hasila.inputs import read_bytes
from hasila.page_explanation import page_explanation
from hasila.problems import InputError, Problems, notice, printable
from hasila.terminal import console
from store import StoreError, StoreLocked, StoreRefused


@click.command
@click.argument("path", nargs=-1, required=True)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    help="Table for people (default on a terminal), JSON lines for programs (default elsewhere).",
)
@click.option(
    "--db", "database", type=click.Path(path_type=Path), help="Store the articles and claims as well."
)
@click.option("--url", default="", help="Where the page is from; only with a single PATH.")
@click.option("--charset", help="The encoding, where the pages do not say it or say it wrongly.")
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Show how the body was found: methods, blocks kept and dropped.",
)
@click.option(
    "--offset",
    type=click.IntRange(min=0),
    metavar="BYTE",
    help="Read the one record that begins at that byte of an archive; only with a single PATH.",
)
@click.option(
    "--site", metavar="NAME", help="Use the selectors of a site (`hasila sites`), as its crawl does."
)
def command(
    *,
    path: tuple[str, ...],
    form: Literal["table", "jsonl"] | None,
    database: Path | None,
    url: str,
    charset: str | None,
    explained: bool,
    offset: int | None,
    site: str | None,
) -> None:
    r"""Read saved pages: HTML files, text dumps (a page saved as text, menus and all), archives. - is standard input.

    Archives are WARC and WET files, compressed or not; a broken record is named and passed over.

    With --format jsonl every page that holds an article gives one line {"path", "url", "title", "author",
    "published_at", "section", "body", "method", "claims"}. A file that cannot be read or holds no article is named on
    stderr and left out; the exit code is then 1.
    """
    if (url or offset is not None) and len(path) > 1:
        raise click.UsageError("--url and --offset are about one page; name one PATH with them")
    _check_charset(charset)
    source = _Source(url=url, charset=charset, offset=offset, layout=_layout(site) if site else None)
    problems = Problems()
    if explained:
        if form or database:
            raise click.UsageError("--explain is for reading; leave out --format and --db")
        _explain(path, source, problems)
        sys.exit(problems.exit_code)
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    out = console()
    try:
        with ExitStack() as stack:
            run = stack.enter_context(FileRun(database)) if database else None
            for name, article, processed, read_at in _articles(path, source, problems, run):
                if run:
                    try:
                        run.keep(article, processed, read_at=read_at)
                    except StoreRefused as error:
                        problems.report(name, error)
                if form == "jsonl":
                    click.echo(as_json(_record(name, article, processed)))
                else:
                    _print(out, article, processed)
    except StoreLocked as error:
        notice("extract", f"{error}; what was read before is stored, and is passed over then")
        sys.exit(Exit.RUNNING)
    except StoreError as error:
        problems.report("extract", error)
    sys.exit(problems.exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """What the command line says about the pages."""

    url: str
    charset: str | None
    offset: int | None
    """Of the one record that is read of an archive; None for all."""
    layout: Layout | None
    """The selectors of the site; None to find out."""


def _explain(paths: tuple[str, ...], source: _Source, problems: Problems) -> None:
    out = console()
    for path in paths:
        try:
            record = _record_at(path, source)
            if isinstance(record, ArchivedText):
                raise InputError("was archived as text; --explain is for pages with markup")
            if record is None and _names_archive(path):
                raise InputError("is an archive; --explain is for single pages: name one with --offset")
            out.print(page_explanation(explain_page(record or _page(path, source), layout=source.layout)))
        except InputError as error:
            problems.report(path, error)


def _articles(
    paths: tuple[str, ...], source: _Source, problems: Problems, run: FileRun | None
) -> Iterator[tuple[str, Article, Processed, datetime]]:
    for path in paths:
        try:
            record = _record_at(path, source)
            if record is None and _names_archive(path):
                yield from _archived(path, source, problems, run)
                continue
            if record is None:
                name, at, processed = path, None, _read(_page(path, source), source)
            else:
                name, at, processed = _of_record(path, record, source)
        except InputError as error:
            problems.report(path, error)
            continue
        found = processed.extraction
        if isinstance(found, Article):
            yield name, found, processed, at or _read_at(path)
        else:
            problems.report(path, f"holds no article ({found.kind.value.replace('_', ' ')}: {found.reason})")


def _names_archive(path: str) -> bool:
    """Whether a path is that of a WARC or WET file, by its content. Anything that cannot be read is none."""
    try:
        return path != "-" and is_archive(Path(path))
    except (OSError, ValueError):
        return False


def _record_at(path: str, source: _Source) -> Page | ArchivedText | None:
    """The record at the offset asked for; None where none was. Raises InputError."""
    if source.offset is None:
        return None
    if not _names_archive(path):
        raise InputError("is no archive; --offset is for those")
    record = record_at(Path(path), source.offset)
    if isinstance(record, BrokenRecord):
        raise InputError(f"record at byte {record.offset}: {record.reason}")
    return replace(record, charset=source.charset) if isinstance(record, Page) else record


def _archived(
    path: str, source: _Source, problems: Problems, run: FileRun | None
) -> Iterator[tuple[str, Article, Processed, datetime]]:
    """The articles of an archive. Listings and the like are what an archive has, and no problem."""
    for record in read_archive(Path(path)):
        if isinstance(record, BrokenRecord):
            message = f"record at byte {record.offset}: {record.reason}"
            problems.report(path, message)
            if run:
                run.note("broken_record", message, path)
            continue
        name, at, processed = _of_record(path, record, source)
        if isinstance(processed.extraction, Article):
            yield name, processed.extraction, processed, at or _read_at(path)


def _of_record(
    path: str, record: Page | ArchivedText, source: _Source
) -> tuple[str, datetime | None, Processed]:
    """What a record is called, when it was fetched, and what was read from it."""
    name = f"{path}: {record.url}"
    if isinstance(record, ArchivedText):
        return name, record.at, process_text_dump(record.text, url=record.url)
    return name, record.fetched_at, process(replace(record, charset=source.charset), layout=source.layout)


def _read(page: Page, source: _Source) -> Processed:
    processed = process(page, layout=source.layout)
    if isinstance(processed.extraction, NotArticle) and processed.extraction.kind is PageKind.NOT_TEXT:
        raise InputError("is no text")
    return processed


def _page(path: str, source: _Source) -> Page:
    data = read_bytes(path)
    if len(data) > MAX_PAGE_BYTES:
        raise InputError(f"is larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB, which no page is")
    return Page(body=data, url=source.url, charset=source.charset, fetched_at=_read_at(path))


def _layout(site: str) -> Layout | None:
    from hasila.sites import site_spiders  # noqa: PLC0415 - imports Scrapy, which no other use of the command needs

    for spider in site_spiders():
        if spider.name == site:
            return spider.layout
    raise click.BadParameter(f"no site is called {site!r}; `hasila sites` lists them", param_hint="--site")


def _read_at(path: str) -> datetime:
    """When the page was saved: the time of the file, so that reading it again tomorrow changes nothing."""
    return datetime.now(UTC) if path == "-" else datetime.fromtimestamp(Path(path).stat().st_mtime, UTC)


def _check_charset(charset: str | None) -> None:
    if charset is None:
        return
    try:
        codecs.lookup(charset)
    except LookupError:
        raise click.BadParameter(f"unknown encoding {charset!r}", param_hint="--charset") from None


def _record(path: str, article: Article, processed: Processed) -> dict[str, object]:
    return {
        "path": path,
        "url": article.canonical or None,
        "title": article.title,
        "author": article.author,
        "published_at": article.published_at,
        "section": article.section,
        "source_name": article.source_name,
        "body": article.body,
        "method": article.method.value,
        "claims": [claim_record(claim) for claim in processed.claims],
    }


def _print(out: Console, article: Article, processed: Processed) -> None:
    out.print(printable(article.title), style="bold")
    facts = (
        article.published_at.strftime("%Y-%m-%d") if article.published_at else "no date",
        article.source_name or article.site,
        article.author,
        article.section,
        f"{len(article.body.split())} words by {article.method.value.replace('_', ' ')}",
        f"relevance {processed.relevance.score:.2f}" if processed.relevance else None,
    )
    out.print(" | ".join(printable(fact) for fact in facts if fact))
    out.print(claims_table(processed.claims, ""))
    out.print()
