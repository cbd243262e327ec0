"""`hasila export`: the files, and the package that describes them, as other programs read them."""

from __future__ import annotations

import csv
import hashlib
import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pyarrow import parquet
from store_samples import INDICATORS, MOROCCO, article, claim, day_claim, later, save

from hasila.cli import main
from hasila.exporting import FIELDS, cell
from store import Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "hasila.db"
    with Store.open(path) as store:
        store.load_indicators(INDICATORS)
        body = "بلغ العدد 4 ملايين أسرة.\nوتراجع بـ-3.5 نقط يوم 2 دجنبر 2023."
        claims = [
            claim(body, "4 ملايين أسرة", 4e6, indicator="asd.households", source="=الوزارة"),
            claim(body, "-3.5", -3.5, kind="percent", unit="percentage_point"),
            day_claim(body, "2 دجنبر 2023", date(2023, 12, 2)),
        ]
        save(store, article(body, title='=HYPERLINK("http://x";"y")'), claims)
        other = "كلفت 25 مليار درهم."
        what = claim(other, "25 مليار درهم", 25e9, kind="money", unit="MAD", indicator="asd.spending")
        late = datetime(2025, 10, 2, tzinfo=MOROCCO)
        save(
            store,
            article(other, "", canonical="text:sha256-1", site="", published_at=late, title="+ كلفة"),
            [what],
            read_at=later(1),
        )
    return path


def export(database: Path, to: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["export", "--db", str(database), "--to", str(to), *arguments])


def read_csv(path: Path, encoding: str = "utf-8") -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


def test_csv(database: Path, tmp_path: Path) -> None:
    result = export(database, tmp_path / "out")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("4 claims in ")
    rows = read_csv(tmp_path / "out" / "claims.csv")
    assert [list(row) for row in rows] == [list(FIELDS)] * 4
    assert [row["value"] for row in rows] == ["4000000", "-3.5", "", "25000000000"]
    assert rows[0]["title"] == '\'=HYPERLINK("http://x";"y")'
    assert rows[0]["source"] == "'=الوزارة"
    assert rows[1]["text"] == "'-3.5"  # as written in the text: not a number, but what a reader typed
    assert rows[3]["title"] == "'+ كلفة"
    assert rows[0]["sentence"] == "بلغ العدد 4 ملايين أسرة."
    assert all(row["url"] and row["sentence"] and row["read_at"] for row in rows)
    assert rows[3]["url"] == "text:sha256-1"
    assert (rows[2]["kind"], rows[2]["when_start"]) == ("date", "2023-12-02")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+212", "'+212"),
        ("-x", "'-x"),
        ("@SUM", "'@SUM"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("أسرة", "أسرة"),
        (-3, -3),
        (-0.5, -0.5),
        (None, None),
    ],
)
def test_a_cell_is_no_formula_and_a_number_is_a_number(value: object, written: object) -> None:
    assert cell(value) == written


def test_a_byte_order_mark_for_spreadsheets(database: Path, tmp_path: Path) -> None:
    assert export(database, tmp_path / "a.csv").exit_code == 0
    assert export(database, tmp_path / "b.csv", "--bom").exit_code == 0
    plain, marked = (tmp_path / "a.csv").read_bytes(), (tmp_path / "b.csv").read_bytes()
    assert marked == b"\xef\xbb\xbf" + plain
    assert export(database, tmp_path / "c.jsonl", "--bom").exit_code == 2


def test_json_lines(database: Path, tmp_path: Path) -> None:
    assert export(database, tmp_path / "a.jsonl").exit_code == 0  # the name says the format
    rows = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["value"] for row in rows] == [4000000, -3.5, None, 25000000000]
    assert rows[0]["title"] == '=HYPERLINK("http://x";"y")'
    assert list(rows[0]) == list(FIELDS)


def test_parquet_has_types(database: Path, tmp_path: Path) -> None:
    result = export(database, tmp_path / "out", "--format", "parquet")
    assert result.exit_code == 0, result.stderr
    table = parquet.read_table(tmp_path / "out" / "claims.parquet")
    (first, *_, last) = table.to_pylist()
    assert (first["value"], first["published_on"], first["start"]) == (4e6, date(2025, 9, 17), 10)
    assert first["read_at"].astimezone(UTC) == datetime(2025, 9, 17, 10, 30, tzinfo=UTC)
    assert last["published_on"] == date(2025, 10, 2)
    assert table.schema.field("value").metadata[b"description"]


def test_parquet_of_nothing(database: Path, tmp_path: Path) -> None:
    assert export(database, tmp_path / "a.parquet", "--since", "2030-01-01").exit_code == 0
    assert parquet.read_table(tmp_path / "a.parquet").num_rows == 0


def test_parquet_without_pyarrow(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = export(database, tmp_path / "a.parquet")
    assert result.exit_code == 1
    assert result.stderr == "hasila: export: Parquet needs pyarrow: `pip install 'hasila[parquet]'`\n"
    assert not (tmp_path / "a.parquet").exists()


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        (["--since", "2025-10-01"], 1),
        (["--indicator", "asd.households"], 1),
        (["--indicator", "asd"], 2),
        (["--site", "akhbar.example"], 3),
        (["--site", "akhbar.example", "--indicator", "asd.spending"], 0),
    ],
)
def test_filters(database: Path, tmp_path: Path, arguments: list[str], count: int) -> None:
    assert export(database, tmp_path / "a.csv", *arguments).exit_code == 0
    assert len(read_csv(tmp_path / "a.csv")) == count


def test_the_package_describes_every_file_of_the_folder(database: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl", "csv"):
        assert export(database, tmp_path / "out", "--format", form).exit_code == 0
    package: dict[str, Any] = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))
    assert [each["path"] for each in package["resources"]] == ["claims.csv", "claims.jsonl"]
    for resource in package["resources"]:
        content = (tmp_path / "out" / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert [field["name"] for field in resource["schema"]["fields"]] == list(FIELDS)
        assert resource["rows"] == 4
        assert resource["schema"]["primaryKey"] == ["claim"]


def test_the_package_of_somebody_else_is_left(database: Path, tmp_path: Path) -> None:
    (tmp_path / "datapackage.json").write_text('{"name": "mine", "resources": []}')
    result = export(database, tmp_path / "a.csv")
    assert result.exit_code == 1
    assert "is not ours" in result.stderr
    assert not (tmp_path / "a.csv").exists()


@pytest.mark.parametrize("name", ["asd.nothing", "a' OR 1", "%"])
def test_an_unknown_indicator_is_said(database: Path, tmp_path: Path, name: str) -> None:
    result = export(database, tmp_path / "a.csv", "--indicator", name)
    assert result.exit_code == 1
    assert "there is no indicator" in result.stderr
    assert not (tmp_path / "a.csv").exists()


def test_what_cannot_be_written_is_one_line(database: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for to in (tmp_path / "file" / "a.csv", tmp_path / ("a" * 300 + ".csv")):
        result = export(database, to)
        assert result.exit_code == 1
        assert result.stderr.count("\n") == 1
        assert "Traceback" not in result.stderr
    assert export(tmp_path / "none.db", tmp_path / "b.csv").exit_code == 1
    assert not [entry for entry in tmp_path.iterdir() if "partial" in entry.name or entry.suffix == ".csv"]
