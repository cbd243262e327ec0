"""The report of reading anew, for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from hasila.problems import printable
from hasila.reprocessing.report import Report, Sample

_COUNTS: Final = (
    ("articles", "articles read"),
    ("from_archive", "of these from the archive"),
    ("from_text", "from the stored text"),
    ("articles_changed", "articles that change"),
    ("gained", "claims gained"),
    ("lost", "claims lost"),
    ("altered", "claims altered"),
    ("kept", "claims that stay"),
    ("bodies", "texts with another body"),
    ("titles", "texts with another title"),
    ("dates", "articles with another date"),
    ("off_topic", "articles that are off topic now (kept)"),
    ("no_longer_article", "pages that hold no article now (kept as it was)"),
    ("pages", "pages without an article read"),
    ("new_articles", "of these articles now"),
    ("new_claims", "with so many claims"),
    ("known_articles", "articles that are known from another page"),
    ("pages_judged_otherwise", "turned down for another reason"),
    ("missing_archive", "pages whose archive file is missing"),
    ("broken_record", "broken records"),
    ("other_record", "records of another page"),
    ("failed", "failed"),
)
_LONGEST: Final = 300
"""Letters of a sentence or paragraph that are shown."""


def tables(report: Report) -> Group:
    """The counts, then the samples."""
    what = "would change" if report.dry_run else "changed"
    title = Text(f"What reading anew by rules {report.ruleset} {what}", style="bold")
    parts: list[RenderableType] = [title, _counts(report)]
    for sort, heading in (
        ("gained", "Claims gained"),
        ("lost", "Claims lost"),
        ("altered", "Claims altered"),
    ):
        if samples := report.samples[sort]:
            parts += [Text(), Text(f"{heading}: {_part(report, sort)}", style="bold"), _claims(samples)]
    for sort, heading, rows in (
        ("bodies", "Other bodies", _bodies),
        ("titles", "Other titles", _titles),
        ("dates", "Other dates", _dates),
        ("new_articles", "New articles", _new),
        ("off_topic", "Off topic now", _plain),
    ):
        if samples := report.samples[sort]:
            table = Table(show_edge=False, pad_edge=False, show_header=False, show_lines=True)
            table.add_column(justify="right", overflow="fold")
            for sample in samples:
                table.add_row(Text("\n").join([*rows(sample), _where(sample)]))
            parts += [Text(), Text(f"{heading}: {_part(report, sort)}", style="bold"), table]
    return Group(*parts)


def _counts(report: Report) -> Table:
    table = Table(show_edge=False, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, label in _COUNTS:
        if report.counts[name] or name in {"articles", "gained", "lost", "altered"}:
            table.add_row(label, str(report.counts[name]))
    if report.fields:
        fields = ", ".join(f"{name} {number}" for name, number in report.fields.most_common())
        table.add_row("fields altered", fields)
    return table


def _part(report: Report, sort: str) -> str:
    shown, count = len(report.samples[sort]), report.counts[sort]
    return str(count) if shown == count else f"{shown} of {count}"


def _claims(samples: list[Sample]) -> Table:
    table = Table(show_edge=False, pad_edge=False, show_lines=True)
    table.add_column("claim", justify="right", overflow="fold", ratio=1)
    table.add_column("says", overflow="fold", ratio=1)
    table.add_column("sentence and article", justify="right", overflow="fold", ratio=3)
    for sample in samples:
        sentence = Text(_short(sample["sentence"])).append("\n").append_text(_where(sample))
        table.add_row(printable(sample["text"]), "\n".join(_says(sample)), sentence)
    return table


def _says(sample: Sample) -> Iterator[str]:
    before, after = sample["before"], sample["after"]
    if before and after:
        for name in sample["fields"]:
            yield f"{name}: {_value(before.get(name))} → {_value(after.get(name))}"
        return
    said: dict[str, Any] = dict(before or after)
    rules = json.loads(said.pop("rules"))
    for name, value in said.items():
        yield f"{name}: {_value(value)}"
    yield f"rules: {', '.join(map(printable, rules))}"


def _value(value: object) -> str:
    return (
        "none" if value is None else f"{value:,.10g}" if isinstance(value, float) else printable(str(value))
    )


def _bodies(sample: Sample) -> Iterator[Text]:
    before, after = sample["letters"]
    yield Text(f"{before} letters before, {after} now", style="dim")
    for mark, style, paragraphs in (("-", "red", sample["before"]), ("+", "green", sample["after"])):
        for paragraph in paragraphs[:3]:
            yield Text(f"{mark} {_short(paragraph)}", style=style)
        if len(paragraphs) > 3:
            yield Text(f"{mark} {len(paragraphs) - 3} paragraphs more", style=style)


def _titles(sample: Sample) -> Iterator[Text]:
    yield Text(f"- {_short(sample['before'])}", style="red")
    yield Text(f"+ {_short(sample['after'])}", style="green")


def _dates(sample: Sample) -> Iterator[Text]:
    for name, before in sample["before"].items():
        yield Text(f"{name}: {_value(before)} → {_value(sample['after'][name])}")


def _new(sample: Sample) -> Iterator[Text]:
    yield Text(f"was {sample['was'].replace('_', ' ')}, {sample['claims']} claims")


def _plain(sample: Sample) -> Iterator[Text]:
    return iter(())


def _where(sample: Sample) -> Text:
    return Text(f"{_short(sample['title'])}\n{printable(sample['url'])}", style="dim")


def _short(text: str) -> str:
    return printable(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")
