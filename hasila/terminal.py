"""Where tables go."""

from __future__ import annotations

from typing import Final

from rich.console import Console

PAGE_WIDTH: Final = 110
"""Columns of a table that goes to a file, a pipe or a log."""


def console() -> Console:
    """Return the terminal in its own width, or a page where standard output is none."""
    found = Console()
    return found if found.is_terminal else Console(width=PAGE_WIDTH)
