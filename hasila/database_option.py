"""The option `--db` of the commands that work on one database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., object])

MADE = "The database; made where there is none."


def database_option(
    help_text: str = "The database.", *, envvar: str | None = "HASILA_DATABASE"
) -> Callable[[_Command], _Command]:
    """`--db PATH`, by default `hasila.db` or what the environment variable says; the command takes it as `database`."""
    return click.option(
        "--db",
        "database",
        type=click.Path(path_type=Path),
        default="hasila.db",
        show_default=True,
        envvar=envvar,
        help=help_text,
    )
