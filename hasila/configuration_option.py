"""The option `--config` of `hasila`, and how a command comes by its configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from hasila.configuration import Configuration
from hasila.configuration_reading import ConfigurationError, Loaded, find, load
from hasila.exits import Exit
from hasila.problems import notice

_NAMED: Final = "hasila.configuration.named"
_LOADED: Final = "hasila.configuration.loaded"


class WrongConfigurationError(click.ClickException):
    """Ends the command with a line for each thing that is wrong."""

    exit_code = Exit.USAGE

    def __init__(self, error: ConfigurationError) -> None:
        super().__init__(str(error))
        self._problems = error.problems

    def show(self, file: object = None) -> None:
        """Write the lines on stderr."""
        for problem in self._problems:
            notice("configuration", problem)


def name_file(context: click.Context, file: Path | None) -> None:
    """Remember the file that `--config` names. It is read when a command asks for it."""
    context.meta[_NAMED] = file


def loaded() -> Loaded:
    """Return the configuration of the command that runs, read once, with where it came from.

    Raises WrongConfigurationError.
    """
    context = click.get_current_context()
    found = context.meta.get(_LOADED)
    if found is None:
        try:
            found = load(find(context.meta.get(_NAMED)), known_sites=_site_names)
        except ConfigurationError as error:
            raise WrongConfigurationError(error) from None
        for warning in found.warnings:
            notice("configuration", warning)
        context.meta[_LOADED] = found
    assert isinstance(found, Loaded)  # noqa: S101 - nobody else writes there
    return found


def configuration() -> Configuration:
    """Return the configuration of the command that runs. Raises WrongConfigurationError."""
    return loaded().configuration


def _site_names() -> list[str]:
    from hasila.sites import site_spiders  # noqa: PLC0415 - takes a second, and most files name no site

    return [spider.name for spider in site_spiders()]
