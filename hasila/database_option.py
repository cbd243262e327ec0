"""The option `--db` of the commands that work on one database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

import click

from hasila.configuration import Configuration
from hasila.configuration.option import configuration

_Command = TypeVar("_Command", bound=Callable[..., object])

MADE = "The database; made where there is none."
_DEFAULT: Final = Configuration().database


def database_option(
    help_text: str = "The database.", *, configured: bool = True
) -> Callable[[_Command], _Command]:
    """`--db PATH`, by default what the configuration says, else `hasila.db`; the command takes it as `database`."""
    return click.option(
        "--db",
        "database",
        type=click.Path(path_type=Path),
        default=(lambda: configuration().database) if configured else _DEFAULT,
        show_default=f"{'the configuration, else ' if configured else ''}{_DEFAULT}",
        help=help_text,
    )
