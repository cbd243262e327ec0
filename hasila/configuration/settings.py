"""The settings of Hasila: the one place where each is declared, with its kind, its default and what it does.

From these declarations come the file that `hasila init` writes, the tables of docs/configuration.md, the reader
(`reading`) and the names of the environment variables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from crawler.visits import SCHEDULE
from hasila.configuration.values import Choice, Duration, File, Flag, Kind, Number, Several, Size, Text

FILE: Final = Path("hasila.toml")
"""Where the configuration is looked for if nothing else is said: in the current folder."""

_ADDRESS: Final = r"[^\s@<>,;\x00-\x1f]+@[^\s@<>,;\x00-\x1f]+"
_URL: Final = r"https?://[!-~]+"
_NAME: Final = r"[a-z0-9_]+"


class Key(NamedTuple):
    """What is declared about a setting besides its default."""

    kind: Kind
    about: str
    """What it does, in whole sentences; times and sizes say their unit themselves."""
    example: object = None
    """Shown in the file, as a comment, where the default is that nothing is set."""
    variable: str | None = None
    """Its environment variable, where that is not made from the names of section and key."""


def key(
    default: object,
    kind: Kind,
    about: str,
    *,
    example: object = None,
    variable: str | None = None,
    secret: bool = False,
) -> Any:
    """Declare a setting of a section. A `secret` is not shown by `repr`."""
    return field(
        default=default,
        repr=not secret,
        metadata={"key": Key(kind, " ".join(about.split()), example, variable)},
    )


def keys(section: type) -> Iterator[tuple[Field[Any], Key]]:
    """Yield the settings of a section in the order of their declaration."""
    for each in fields(section):
        if "key" in each.metadata:
            yield each, each.metadata["key"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """How `hasila crawl` goes about it. Its options go before what stands here."""

    sites: tuple[str, ...] = key(
        (),
        Several(Text(_NAME, "be the name of a site (`hasila sites` lists them)", empty=False)),
        "The sites that are crawled where the command names none; [] is all that are on.",
    )
    max_time: timedelta = key(
        timedelta(0), Duration(), "A run stops in good order after so long; 0s is no limit."
    )
    max_pages: int = key(
        0, Number(whole=True), "A run fetches at most so many pages, the rest stays pending; 0 is no limit."
    )
    delay: timedelta = key(
        timedelta(seconds=1.5),
        Duration(most=3600),
        "At least so long between two requests to a host; longer where robots.txt asks for it or the server is slow.",
    )
    daily_requests: int = key(
        5000,
        Number(whole=True),
        "At most so many requests to a site and day (UTC), everything counted; 0 is no limit.",
    )
    timeout: timedelta = key(
        timedelta(seconds=45), Duration(least=1, most=600), "An answer that takes longer is given up."
    )
    longest_wait: timedelta = key(
        timedelta(minutes=1),
        Duration(most=86400),
        "A host that asks to be left alone (Retry-After) is waited for so long; beyond, the run goes on without it.",
    )
    revisits: tuple[timedelta, ...] = key(
        SCHEDULE,
        Several(Duration(least=60)),
        "How long after it was stored an article is looked at again for edits, shortest first; [] never.",
    )
    relevance_threshold: float | None = key(
        None,
        Number(most=100),
        "An article whose score is lower is not about the reform and is not stored; if not set, the lexicon says it.",
        example=1.0,
    )
    log_level: str = key(
        "WARNING",
        Choice(("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")),
        "What is as grave as this or graver is written to the log, on standard error.",
    )
    log_format: str = key(
        "text", Choice(("text", "json")), "Lines for people, or one JSON object a line for programs."
    )
    proxy: str = key(
        "",
        Text(_URL, "be an address, http://HOST:PORT"),
        'A proxy that all requests go through; "" is none.',
        secret=True,
    )
    private_hosts: tuple[str, ...] = key(
        (),
        Several(Text(r"[!-~]+", "be the name of a host", empty=False)),
        "Hosts that may be talked to although their address is not public, for intranets and tests.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The pages as they came, in WARC files."""

    enabled: bool = key(True, Flag(), "Whether pages are kept. Without them nothing can be read anew.")
    folder: str = key(
        "archive",
        Text(),
        'The folder of the files, relative to that of the database; "" keeps none.',
        variable="HASILA_ARCHIVE",
    )
    file_size: int = key(
        2**30, Size(least=2**20), "A file that has grown larger than this is followed by another."
    )
    retention_age: timedelta = key(
        timedelta(0), Duration(), "Pruning removes files older than this; 0s keeps them for ever."
    )
    retention_size: int = key(
        0,
        Size(),
        "Pruning removes the oldest files until all are no larger than this together; 0 is no limit.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """Messages about runs that did not go well, by a webhook, by mail (see [mail]), or both. Silence means that all is well."""

    about: tuple[str, ...] = key(
        ("failed", "degraded"),
        Several(Choice(("failed", "degraded", "running"))),
        """What is told: runs that failed or could not begin, runs in which a site fell below its health floors, and
        (running) runs that were turned away because another one had not ended.""",
    )
    webhook: str = key(
        "",
        Text(_URL, "be an address, https://…"),
        """Where a message is sent by HTTP POST, as JSON (docs/configuration.md describes it); "" is nowhere. It often
        holds a token: the variable keeps it out of this file. Never shown beyond its host.""",
        secret=True,
    )
    timeout: timedelta = key(
        timedelta(seconds=10), Duration(least=1, most=10), "A message that takes longer is given up."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The mail server (SMTP) for notices. The password is never in this file: it is in HASILA_MAIL_PASSWORD or in a file of its own."""

    host: str = key("", Text(r"[!-~]+", "be the name of a host"), 'The server; "" sends no mail.')
    port: int = key(
        587, Number(1, 65535, whole=True), "Its port: mostly 587 with starttls, 465 with tls, 25 with none."
    )
    security: str = key(
        "starttls",
        Choice(("starttls", "tls", "none")),
        "How the connection is encrypted: after a greeting in the clear, from the start, or not at all.",
    )
    sender: str = key("", Text(_ADDRESS, "be a mail address"), "The address that messages come from.")
    to: tuple[str, ...] = key(
        (), Several(Text(_ADDRESS, "be a mail address", empty=False)), "The addresses that they go to."
    )
    user: str = key("", Text(), 'The name to log in with; "" logs in nowhere.')
    password_file: Path | None = key(
        None,
        File(),
        "A file whose first line is the password, relative to the folder of this file.",
        example=Path("mail-password"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One site. What is not set is as its spider and the sections above say."""

    enabled: bool | None = key(
        None, Flag(), "Whether `hasila crawl` takes it without being told.", example=False
    )
    delay: timedelta | None = key(
        None, Duration(most=3600), "As in [crawl], for this site.", example=timedelta(seconds=5)
    )
    daily_requests: int | None = key(None, Number(whole=True), "As in [crawl], for this site.", example=2000)
    archive: bool | None = key(None, Flag(), "Whether its pages are kept.", example=True)
    browser: bool | None = key(
        None, Flag(), "Whether its articles are fetched by a browser (needs hasila[browser]).", example=False
    )
    verify_certificates: bool | None = key(
        None, Flag(), "Whether a bad TLS certificate is refused.", example=True
    )
    least_found: int | None = key(
        None,
        Number(whole=True),
        "Health floor: so many links to articles the listings of a run hold, known ones included.",
        example=10,
    )
    least_body: float | None = key(
        None, Number(most=1), "Health floor: share of the pages fetched that hold an article.", example=0.8
    )
    least_week: int | None = key(
        None,
        Number(whole=True),
        "Health floor: so many new links the listings of seven days hold.",
        example=10,
    )
    least_own: float | None = key(
        None,
        Number(most=1),
        "Health floor: share of the articles whose body the site's own selectors find, where it has any.",
        example=0.8,
    )
    least_date: float | None = key(
        None, Number(most=1), "Health floor: share of the articles that have a date.", example=0.8
    )
    least_claims: float | None = key(
        None, Number(most=1), "Health floor: share of the articles stored that make a claim.", example=0.2
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """What holds for every command."""

    database: Path = key(
        Path("hasila.db"),
        File(),
        "The database, relative to the folder of this file. The option --db goes before it.",
    )
    contact: str = key(
        "",
        Text(
            rf"(mailto:)?{_ADDRESS}|{_URL}",
            "be a mail address (mailto:you@example.org) or a page (https://…)",
        ),
        """Whom webmasters can write to: it stands in the User-Agent header of every request. If empty, it is the postmaster
        of this machine.""",
    )
    purpose: str = key(
        "news reader for statistics on social protection in Morocco",
        Text(r"[ !-'*-~]+", "be plain ASCII without parentheses", empty=False),
        "Who reads, and what for: it stands in the User-Agent header too.",
    )
    crawl: Crawl = field(default_factory=Crawl)
    archive: Archive = field(default_factory=Archive)
    notices: Notices = field(default_factory=Notices)
    mail: Mail = field(default_factory=Mail)
    sites: Mapping[str, Site] = field(default_factory=lambda: MappingProxyType({}))
    """By the name of the spider; only sites about which something is set."""


SECTIONS: Final[Mapping[str, type]] = MappingProxyType(
    {"crawl": Crawl, "archive": Archive, "notices": Notices, "mail": Mail}
)
"""The tables of the file that stand there once; beside them there are the keys before any table, and `[sites.NAME]`."""


def variable(path: tuple[str, ...], about: Key) -> str:
    """Return the environment variable of a setting; `path` is ("crawl", "delay") or ("sites", "goud", "delay")."""
    return about.variable or "_".join(("HASILA", *path)).upper()
