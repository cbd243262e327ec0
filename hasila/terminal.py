"""Where tables go."""

from __future__ import annotations

from typing import Final

from rich.console import Console

PAGE_WIDTH: Final = 110
"""Columns of a table that goes to a file, a pipe or a log."""


def console() -> Console:
    """Return the terminal in its own width, or a page where standard output is none."""
    # What is printed was written by strangers: brackets in it are no markup of ours.
    found = Console(markup=False, emoji=False, highlight=False)
    if not found.is_terminal:
        found.width = PAGE_WIDTH
    return found
