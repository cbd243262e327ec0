"""The option `--config` of `hasila`, and how a command comes by its configuration."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import click

import crawler
from hasila.configuration.reading import ConfigurationError, Loaded, find, load
from hasila.configuration.settings import Configuration
from hasila.exits import Exit
from hasila.problems import notice

SPIDERS: Final = Path(crawler.__file__).parent / "spiders"

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


def loaded() -> Loaded:
    """Return the configuration of the command that runs, read once, with where it came from.

    Raises WrongConfigurationError.
    """
    context = click.get_current_context()
    found = context.meta.get(_LOADED)
    if found is None:
        try:
            found = load(find(context.obj), known_sites=site_names)
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


def site_names() -> frozenset[str]:
    """Return the names of the sites, as their files declare them: to import the spiders takes most of a second."""
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in SPIDERS.glob("*.py"))
    classes = (node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    values = (_declared(line, "name") for node in classes for line in node.body)
    return frozenset(str(value.value) for value in values if isinstance(value, ast.Constant))


def _declared(line: ast.stmt, name: str) -> ast.expr | None:
    """The value that an assignment, perhaps of several at once, gives to a name."""
    if not isinstance(line, ast.Assign):
        return None
    (target, *_), value = line.targets, line.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
    else:
        pairs = zip([target], [value], strict=True)
    return next((given for each, given in pairs if isinstance(each, ast.Name) and each.id == name), None)
