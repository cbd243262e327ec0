"""A machine set up as docs/operations.md says, under a folder: program, data, and what cron and systemd do with them."""

import re
import shlex
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from crawler_loopback import BIN, ROOT, Loopback, settings

CONTRIB = ROOT / "contrib"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
PROGRAM, DATA = "/opt/hasila", "/srv/hasila"

Unit = Mapping[str, list[str]]
"""Keys of a unit with all their values."""


@dataclass(frozen=True)
class Machine:
    """`root` stands for `/`."""

    root: Path

    @property
    def data(self) -> Path:
        return self.root / DATA[1:]

    @property
    def bin(self) -> Path:
        return self.root / PROGRAM[1:] / ".venv" / "bin"

    def at_home(self, text: str) -> str:
        """What a file of `contrib` says, with the folders of this machine."""
        return text.replace(PROGRAM, f"{self.root}{PROGRAM}").replace(DATA, f"{self.root}{DATA}")

    def environment(self, **more: str) -> dict[str, str]:
        """What cron and systemd hand on: next to nothing. The proxy of the real machine knows no loopback."""
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.data), "LANG": "C", "no_proxy": "*", **more}

    def run(self, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command as a service runs: without a terminal, in the folder of the data."""
        return subprocess.run(
            command,
            cwd=self.data,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def shell(self, line: str) -> subprocess.CompletedProcess[str]:
        """Run a line of the documents as the user does, with the program on the PATH."""
        return self.run("/bin/bash", "-c", line, PATH=f"{self.bin}:{self.environment()['PATH']}")


def install(machine: Machine, site: Loopback, *, delay: float = 0) -> None:
    """The program, which crawls the newsroom in place of the web, with so many seconds between two requests."""
    machine.bin.mkdir(parents=True, exist_ok=True)
    program, newsroom = machine.bin / "hasila", shlex.join(settings(site, DOWNLOAD_DELAY=delay))
    program.write_text(
        f'#!/bin/sh\n[ "$1" = crawl ] && exec {BIN / "hasila"} "$@" {newsroom}\nexec {BIN / "hasila"} "$@"\n'
    )
    program.chmod(0o755)


def set_up(root: Path, site: Loopback, *, sites: tuple[str, ...], more: str = "") -> Machine:
    """The folders, the program and a configuration."""
    machine = Machine(root)
    (machine.data / "backup").mkdir(parents=True)
    install(machine, site)
    if shutil.which("rsync") is None:
        copy = machine.bin / "rsync"
        copy.write_text('#!/bin/sh\nmkdir -p "$3" && exec cp -a "$2." "$3"\n')  # rsync -a FROM/ TO/
        copy.chmod(0o755)
    named = ", ".join(f'"{name}"' for name in sites)
    (machine.data / "hasila.toml").write_text(
        f'contact = "mailto:me@example.org"\n[crawl]\nsites = [{named}]\n{more}', encoding="utf-8"
    )
    return machine


# Cron (crontab(5), of Debian)


@dataclass(frozen=True)
class CronLine:
    schedule: tuple[str, ...]
    """Minute, hour, day of month, month, day of week."""
    command: str
    """What the shell gets."""
    stdin: str
    """What stands behind a bare `%`."""


@dataclass
class Crontab:
    environment: dict[str, str] = field(default_factory=dict)
    lines: list[CronLine] = field(default_factory=list)


def crontab(text: str) -> Crontab:
    """Read a crontab of a user."""
    found = Crontab()
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if setting := re.fullmatch(r"\s*(\w+)\s*=\s*(.*?)\s*", line):
            found.environment[setting[1]] = setting[2]
            continue
        *schedule, rest = line.split(None, 5)
        command, *stdin = (part.replace(r"\%", "%") for part in re.split(r"(?<!\\)%", rest))
        found.lines.append(CronLine(tuple(schedule), command, "\n".join(stdin)))
    return found


# systemd (systemd.service(5), systemd.unit(5))


def unit(text: str, *more: str) -> Unit:
    """Read a unit and its drop-ins. An empty value forgets those before."""
    found: dict[str, list[str]] = defaultdict(list)
    for line in "\n".join((text, *more)).splitlines():
        if line.strip() and line[0] not in "#;[":
            key, value = line.split("=", 1)
            if value:
                found[key].append(value)
            else:
                found[key].clear()
    return found


def service(machine: Machine, name: str) -> Unit:
    """A service of `contrib` with what all services have in common."""
    common = CONTRIB / "hasila-.service.d" / "common.conf"
    return unit(
        *(machine.at_home(path.read_text(encoding="utf-8")) for path in (CONTRIB / f"{name}.service", common))
    )


def arguments(line: str, *, instance: str = "") -> list[str]:
    """What systemd executes for an `Exec…=` line that holds no variable of its own."""
    specifiers = {"%%": "%", "%i": instance}
    line = re.sub(r"%.", lambda found: specifiers[found[0]], line)
    assert "$" not in line.replace("$$", "")
    return [part.replace("$$", "$") for part in shlex.split(line)]


# The documents


def console(heading: str) -> Iterator[str]:
    """The commands of the user under a heading, those of root left out."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", OPERATIONS, re.DOTALL | re.MULTILINE)
    for block in re.findall(r"```console\n(.*?)```", section, re.DOTALL):
        yield from (line[2:] for line in block.splitlines() if line.startswith("$ "))
