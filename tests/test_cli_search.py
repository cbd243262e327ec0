"""`hasila search`: what is found, how it is shown, and what is said where it cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from store_samples import article, save

from hasila.cli import main
from hasila.word_forms import related
from store import Store

TEXTS = {
    "https://a.example/1": "وبلغ عدد المستفيدين من الدعم المباشر ثلاثة ملايين.",
    "https://a.example/2": "تخص الأسر والمستفيدين بالعالم القروي.",
    "https://b.example/3": "نشرة الطقس ليوم غد.",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hasila.db"
    with Store.open(path) as store:
        for url, body in TEXTS.items():
            save(store, article(body, url, site=url.split("/")[2]))
    return path


def search(database: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["search", "--db", str(database), *arguments])


def numbers(result: Result) -> set[str]:
    assert result.exit_code == 0, result.stderr
    return {json.loads(line)["url"][-1] for line in result.stdout.splitlines()}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["المستفيدين"], {"1", "2"}),
        (["أسرة"], {"2"}),  # the lexicon knows the plural
        (["مستفيد"], {"1", "2"}),
        (["الدعم", "المباشر"], {"1"}),
        (['"الدعم المباشر"'], {"1"}),
        (["المستفيدين", "--limit", "1"], {"2"}),
        (["المستفيدين", "--since", "2025-09-18"], set()),
        (["المستفيدين", "--since", "2025-09-17", "--until", "2025-09-17"], {"1", "2"}),
        (["غد", "--site", "b.example"], {"3"}),
        (["غد", "--site", "a.example"], set()),
    ],
)
def test_what_is_found(database: Path, arguments: list[str], expected: set[str]) -> None:
    assert numbers(search(database, "--json", *arguments)) >= expected
    assert len(numbers(search(database, "--json", *arguments))) == len(expected)


def test_a_line_tells_where_the_words_are(database: Path) -> None:
    (hit,) = map(json.loads, search(database, "--json", "ملايين").stdout.splitlines())
    assert hit["snippet"] == TEXTS["https://a.example/1"][hit["start"] : hit["end"]]
    assert [hit["snippet"][start:end] for start, end in hit["marks"]] == ["ملايين"]


def test_the_table_has_title_snippet_and_address(database: Path) -> None:
    shown = search(database, "الدعم").stdout
    for part in ("حصيلة الدعم", "ثلاثة ملايين", "https://a.example/1", "2025-09-17", "a.example"):
        assert part in shown


def test_nothing_found_is_no_failure(database: Path) -> None:
    result = search(database, "فيل")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "hasila: search: nothing found\n")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["…"], 1, "give one word or more"),
        (["الدعم", "--since", "yesterday"], 2, "yesterday"),
        (["--since", "2025-01-01"], 2, "QUERY"),
    ],
)
def test_what_cannot_be_searched(database: Path, arguments: list[str], code: int, message: str) -> None:
    result = search(database, *arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_no_database(tmp_path: Path) -> None:
    result = search(tmp_path / "none.db", "الدعم")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_hostile_titles_stay_on_their_line(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store:
        save(store, article("الدعم \u202eمقلوب\u001b[31m", title="عنوان\u202e\u001b[2J"))
    shown = search(tmp_path / "a.db", "الدعم").stdout
    assert "\u202e" not in shown
    assert "\u001b" not in shown


def test_related_forms_share_their_consonants() -> None:
    assert {"اسر"} <= related("اسره")
    assert {"اسره"} <= related("اسر")
    assert {"اطفال"} <= related("طفل")
    assert {"تلاميذ", "تلميذه"} <= related("تلميذ")
    assert not any("عايل" in form for form in related("اسره"))
    assert related("الطقس") == frozenset()
