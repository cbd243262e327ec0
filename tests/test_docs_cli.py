"""docs/cli.md names every command and option, in the order of the help, and no other; so do the exit codes."""

import re

import click
import pytest
from crawler_loopback import ROOT

from hasila.cli import SUMMARIES, main
from hasila.exits import Exit

CLI = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")
SECTION = r"^## `hasila {}\b.*?(?=^## |\Z)"


def parts_of(name: str) -> list[click.Command]:
    """A command and those below it."""
    command = main.get_command(click.Context(main), name)
    assert command is not None
    return [command, *(command.commands.values() if isinstance(command, click.Group) else ())]


@pytest.mark.parametrize("name", list(SUMMARIES))
def test_every_option_is_documented_and_no_other(name):
    (section,) = re.findall(SECTION.format(name), CLI, re.DOTALL | re.MULTILINE)
    parameters = [parameter for part in parts_of(name) for parameter in part.params]
    options = {
        option
        for parameter in parameters
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--")
    }
    assert set(re.findall(r"--[a-z][a-z-]*", section)) == options


@pytest.mark.parametrize("name", list(SUMMARIES))
def test_every_command_below_a_command_is_in_its_heading(name):
    _, *below = parts_of(name)
    (heading,) = re.findall(rf"^## `hasila {name}\b(.*)", CLI, re.MULTILINE)
    assert [part.name for part in below] == re.findall(r"\b[a-z]+\b", heading)


def test_the_commands_are_in_the_order_of_the_help():
    assert re.findall(r"^## `hasila ([a-z]+)", CLI, re.MULTILINE) == list(SUMMARIES)


def test_the_exit_codes_are_those_of_the_program():
    assert re.findall(r"^\| (\d+) \|", CLI, re.MULTILINE) == [str(code.value) for code in Exit]
