"""Why a page was read as it was, for a terminal: the methods, and the blocks kept and dropped with their scores."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table
from rich.text import Text

from extract import Explanation
from extract.records import Article
from hasila.problems import printable

_SHOWN_CHARS = 160


def page_explanation(told: Explanation) -> Group:
    """The outcome, each method with its reason, then the blocks.

    The text of a block stands in a cell of its own, aligned right, so that a terminal that orders each line by
    itself shows Arabic in its own direction.
    """
    result = told.result
    outcome = (
        f"{result.method.value.replace('_', ' ')}: {printable(result.title)}"
        if isinstance(result, Article)
        else f"no article ({result.kind.value.replace('_', ' ')}): {printable(result.reason)}"
    )
    methods = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
    methods.add_column("method")
    methods.add_column("")
    methods.add_column("why")
    for attempt in told.attempts:
        verdict = "taken" if attempt.accepted else "refused" if attempt.tried else "not tried"
        methods.add_row(attempt.method.value.replace("_", " "), verdict, printable(attempt.reason))
    parts: list[Text | Table] = [Text(outcome, style="bold"), methods]
    if told.encoding:
        parts.insert(1, Text(f"read as {told.encoding}"))
    if told.blocks:
        blocks = Table(show_edge=False, pad_edge=False, box=None, header_style="bold")
        blocks.add_column("")
        blocks.add_column("score", justify="right")
        blocks.add_column("why")
        blocks.add_column("text", justify="right")
        for block in told.blocks:
            text = printable(block.text)
            if len(text) > _SHOWN_CHARS:
                text = f"{text[:_SHOWN_CHARS]}…"
            blocks.add_row(
                "kept" if block.kept else "dropped",
                f"{block.score:.2f}",
                "" if block.kept else block.reason,
                text,
                style="" if block.kept else "dim",
            )
        parts += [Text(), blocks]
    return Group(*parts, Text())
