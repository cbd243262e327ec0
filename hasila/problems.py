"""What goes wrong with an input: one line on stderr each, and the exit code that follows from it."""

from __future__ import annotations

import unicodedata

import click

from hasila.exits import Exit


class InputError(Exception):
    """An input that cannot be read; the message is one line that says why and what to do."""


class Problems:
    """Reports problems as they come and remembers that there were some."""

    def __init__(self) -> None:
        self.count = 0

    def report(self, subject: str, message: object) -> None:
        """Write one line on stderr about `subject` (a path, a line of a file)."""
        self.count += 1
        notice(subject, message)

    @property
    def exit_code(self) -> Exit:
        """`FAILED` if anything was reported."""
        return Exit.FAILED if self.count else Exit.WELL


def notice(subject: str, message: object) -> None:
    """Write one line on stderr that does not change the exit code."""
    click.echo(f"hasila: {printable(subject)}: {printable(str(message))}", err=True)


def printable(text: str) -> str:
    """Return `text` on one line, without control characters and bidirectional overrides.

    A file name or a page's text must not be able to forge a second line or to turn the rest of the line round.
    """
    return "".join(
        " " if unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Cs"} else letter for letter in text
    )
