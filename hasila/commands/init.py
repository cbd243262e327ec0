"""`hasila init`: a configuration with everything in it."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import click

from hasila.configuration import FILE
from hasila.configuration.writing import toml
from hasila.exits import Exit
from hasila.problems import notice


@click.command
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default=FILE)
@click.option("--force", is_flag=True, help="Replace a file that is there.")
def command(file: Path, force: bool) -> None:
    """Write a configuration into FILE (default: hasila.toml): every setting, what it does, and its default.

    A file that is there is left alone. - writes to standard output, to compare with a file of yours.
    """
    if str(file) == "-":
        click.echo(toml(), nl=False)
        return
    try:
        write(file, toml(), replace=force)
    except FileExistsError:
        notice(
            str(file), "is there already; --force replaces it, `hasila init -` shows what would be written"
        )
        sys.exit(Exit.FAILED)
    except OSError as error:
        notice(str(file), f"cannot be written: {error.strerror or error}")
        sys.exit(Exit.FAILED)
    click.echo(f"{file}: every setting with its default. Set `contact`, so that webmasters can reach you.")


def write(file: Path, text: str, *, replace: bool) -> None:
    """Write a file that only its owner may read: it may come to hold the address of a webhook, which is a secret.

    Raises FileExistsError where there is one and `replace` is not asked for, OSError where it cannot be written.
    """
    target = file.with_name(f".{file.name}.new") if replace else file
    if replace:
        target.unlink(missing_ok=True)  # left by a call that was killed
    with open(target, "x", encoding="utf-8", opener=partial(os.open, mode=0o600)) as out:
        out.write(text)
    target.replace(file)
