"""`hasila claims`: a text or JSON lines in, claims out."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Literal

import click

from hasila.claim_explanation import explanation
from hasila.claim_formats import as_json, claim_record, claims_table, write_claims_csv
from hasila.documents import Document, is_json_lines, read_json_lines
from hasila.inputs import read_bytes, read_text
from hasila.problems import InputError, Problems, notice
from hasila.terminal import console
from rules import explain, extract_claims
from rules.records import Claim


@click.command
@click.argument("file")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl", "csv"]),
    help="Table for people (on a terminal), JSON lines or CSV for programs (default elsewhere: jsonl).",
)
@click.option("--charset", help="The encoding of the input, where it is not UTF-8.")
@click.option(
    "--explain", "explained", is_flag=True, help="Show each sentence with what every rule saw in it."
)
def command(
    file: str, form: Literal["table", "jsonl", "csv"] | None, charset: str | None, explained: bool
) -> None:
    r"""Find the claims in FILE (- for standard input).

    FILE is the body of an article as plain text, or JSON lines: {"id", "title", "published", "text"}, of which only
    "text" is needed. "published" is an ISO date or one as newspapers write it.

    With --format jsonl every document gives one line {"id", "claims"} in the order of the input. A broken line is
    named on stderr and left out; the exit code is then 1.
    """
    problems = Problems()
    if explained:
        out = console()
        for document in _documents(file, charset, problems):
            for view in explain(document.text, title=document.title, published=document.published):
                out.print(explanation(view))
        sys.exit(problems.exit_code)
    rows = ((document, _claims(document)) for document in _documents(file, charset, problems))
    form = form or ("table" if sys.stdout.isatty() else "jsonl")
    if form == "jsonl":
        for document, claims in rows:
            click.echo(as_json({"id": document.id, "claims": [claim_record(claim) for claim in claims]}))
    elif form == "csv":
        write_claims_csv(((document.id, claim) for document, claims in rows for claim in claims), sys.stdout)
    else:
        out = console()
        for document, claims in rows:
            out.print(claims_table(claims, str(document.id if document.id is not None else "")))
    sys.exit(problems.exit_code)


def _documents(file: str, charset: str | None, problems: Problems) -> Iterator[Document]:
    try:
        text = read_text(read_bytes(file), charset)
    except InputError as error:
        problems.report(file, error)
        return
    if not is_json_lines(text, file):
        yield Document(id=file, text=text)
        return
    for found in read_json_lines(text):
        if isinstance(found, Document):
            if found.published_unread:
                notice(
                    f"{file}: {found.id}", f"date not understood, read without it: {found.published_unread}"
                )
            yield found
        else:
            problems.report(f"{file}: line {found.number}", found.reason)


def _claims(document: Document) -> list[Claim]:
    return extract_claims(document.text, title=document.title, published=document.published)
