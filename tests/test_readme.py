"""The README is true: its commands run, in a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
from crawler_loopback import ROOT, SITES, stories_of

from hasila.cli import main
from hasila.newsroom.pages import answer

BIN = Path(sys.executable).parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

ONLY_CHECKED = {
    "make run": "installs from the package registry",
    "make test": "would run this very suite, and installs",
    "make test-all": "the same",
    "make lint": "installs",
    "make format": "installs, and changes files",
    "hasila crawl --db live.db": "needs the live web",
    "scrapy crawl quickpost -s HASILA_DATABASE=live.db": "needs the live web",
}
"""Commands that are not run here, and why; it is checked that what they call exists."""


def commands() -> list[str]:
    blocks = re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    return [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ ")]


def test_every_command_runs_where_it_can(tmp_path):
    repository = tmp_path / "hasila"
    ignored = shutil.ignore_patterns(".*", "__pycache__", "*.db*", "dist", "archive")
    shutil.copytree(ROOT, repository, ignore=ignored)
    story = next(story for story in stories_of("quickpost.test") if story.about_reform)
    page = answer(SITES["quickpost.test"], story.url.removeprefix("http://quickpost.test"))
    (repository / "page.html").write_bytes(page.body)
    (repository / "body.txt").write_text(story.body, encoding="utf-8")
    (repository / "documents.jsonl").write_text(json.dumps({"id": story.id, "text": story.body}) + "\n")
    environment = {
        **os.environ,
        "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(repository),
    }
    ran = [command for command in commands() if command not in ONLY_CHECKED]
    assert len(ran) > 8
    for command in ran:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=repository,
            env=environment,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
        assert done.stdout or command.startswith("export "), command
    assert (repository / "mine.db").exists()


def test_what_is_not_run_exists():
    assert set(commands()) >= ONLY_CHECKED.keys()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for command in ONLY_CHECKED:
        program, *arguments = command.split()
        if program == "make":
            assert set(arguments) <= targets, command
        elif program == "hasila":
            found = main.get_command(click.Context(main), arguments[0])
            assert found is not None
            options = {option for parameter in found.params for option in parameter.opts}
            assert {argument for argument in arguments if argument.startswith("-")} <= options
        else:
            assert arguments[1] in {path.stem for path in (ROOT / "crawler" / "spiders").glob("*.py")}


def test_the_spider_shown_is_the_one_in_the_repository():
    (shown,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert shown in (ROOT / "crawler" / "spiders" / "quickpost.py").read_text(encoding="utf-8")


def test_links_lead_somewhere():
    for document in (ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            assert link.startswith("https://") or (document.parent / link).exists(), (
                f"{document.name}: {link}"
            )
