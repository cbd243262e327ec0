"""The command line `hasila`: finds the command and leaves the rest to its module.

Modules are imported when their command is called, so that `hasila claims` starts without Scrapy.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Final

import click

SUMMARIES: Final = {
    "init": "Write a configuration, with every setting and what it does.",
    "config": "Check the configuration and show what it sets.",
    "crawl": "Crawl the news sites into the database.",
    "demo": "Crawl the bundled demo newsroom and show what was found.",
    "extract": "Read saved pages: articles and their claims.",
    "claims": "Find the claims in a text or in JSON lines.",
    "status": "Show what the database holds and how the last runs went.",
    "search": "Find the articles that speak of something.",
    "export": "Write the claims to CSV, JSON lines or Parquet.",
    "import": "Read articles from elsewhere, as JSON lines.",
    "reprocess": "Read anew what older rules have read.",
    "archive": "Show or prune the archive of pages.",
    "notify": "Send a notice by hand, or a test of it.",
    "db": "Check, copy or shrink the database.",
    "sites": "List the sites that can be crawled.",
}


class Commands(click.Group):
    """A group whose commands live in `hasila.commands`, one module each."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Let `--config FILE` stand behind the command as well."""
        for at, argument in enumerate(args):
            if argument == "--":
                break
            if argument == "--config" or argument.startswith("--config="):
                end = at + 1 + (argument == "--config")
                args = [*args[at:end], *args[:at], *args[end:]]
                break
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command and return its `command`."""
        if cmd_name not in SUMMARIES:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        found = import_module(f"hasila.commands.{module}").command
        assert isinstance(found, click.Command)  # noqa: S101 - a mistake of ours, not of the user
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the summaries without importing a command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(SUMMARIES.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="hasila")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration. Default: HASILA_CONFIG, else hasila.toml in the current folder, if there is one.",
)
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Hasila keeps the tally of the figures in Moroccan Arabic news about the social protection reform.

    Exit codes: 0 well, 1 failed, 2 usage or configuration wrong, 3 a site fell below its health floor, 75 already
    running.
    """
    context.obj = config  # `hasila.configuration.option` reads it when a command asks for its configuration
