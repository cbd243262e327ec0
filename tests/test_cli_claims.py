"""`hasila claims`: texts and JSON lines in, claims out; bad input in one line each."""

import csv
import io
import json
import subprocess
import sys

import pytest
from crawler_loopback import ROOT, run

TEXT = "بلغ عدد المستفيدين من الدعم الاجتماعي المباشر 4 ملايين أسرة إلى غاية متم سنة 2025، بغلاف 26,5 مليار درهم."


# fmt: off
FIELDS = (
    "start", "end", "text", "kind", "value", "value_high", "unit", "qualifier", "change", "per", "modality",
    "when_start", "when_end", "when_relation", "precision", "indicator", "source", "rules",
)
# fmt: on


def lines(done) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_plain_text_gives_one_line_with_claims_of_all_fields(tmp_path):
    file = tmp_path / "body.txt"
    file.write_text(TEXT, encoding="utf-8")
    done = run("hasila", "claims", file, "--format", "jsonl")
    assert (done.returncode, done.stderr) == (0, "")
    (document,) = lines(done)
    found = {(claim["kind"], claim["value"], claim["unit"]) for claim in document["claims"]}
    assert {("count", 4000000, "household"), ("money", 26500000000, "MAD")} <= found
    for claim in document["claims"]:
        assert tuple(claim) == FIELDS
        assert TEXT[claim["start"] : claim["end"]] == claim["text"]
        assert claim["rules"]


def test_standard_input_and_other_encodings_are_read(tmp_path):
    piped = run("hasila", "claims", "-", "--format", "jsonl", stdin=TEXT.encode())
    marked = run("hasila", "claims", "-", "--format", "jsonl", stdin=TEXT.encode("utf-16"))
    old = run(
        "hasila",
        "claims",
        "-",
        "--format",
        "jsonl",
        "--charset",
        "windows-1256",
        stdin=TEXT.encode("windows-1256"),
    )
    assert lines(piped) == lines(marked) == lines(old)
    assert lines(piped)[0]["claims"]


def test_json_lines_keep_order_and_ids_and_broken_lines_are_named(tmp_path):
    file = tmp_path / "documents.jsonl"
    documents = [
        json.dumps({"id": "أ", "title": "عنوان", "published": "الجمعة 02 أكتوبر 2020 - 16:00", "text": TEXT}),
        "{broken",
        "",
        json.dumps({"id": 7, "published": None, "text": ""}),
        json.dumps(["no", "object"]),
        json.dumps({"id": "no text"}),
        json.dumps({"id": "bad", "text": 3}),
        "[" * 100_000,
        json.dumps(
            {"id": {"deep": 1}, "published": "2025-12-31", "text": "5 آلاف\u2028أسرة"}, ensure_ascii=False
        ),
    ]
    file.write_text("\n".join(documents), encoding="utf-8")
    done = run("hasila", "claims", file, "--format", "jsonl")
    assert done.returncode == 1
    assert [document["id"] for document in lines(done)] == ["أ", 7, {"deep": 1}]
    assert "Traceback" not in done.stderr
    named = done.stderr.splitlines()
    assert [line.split(": ")[2] for line in named] == ["line 2", "line 5", "line 6", "line 7", "line 8"]


def test_the_date_of_a_document_dates_its_claims(tmp_path):
    text = "سجلت الوزارة، أمس، 5 آلاف طلب يوم 12 شتنبر."
    papers = ["الجمعة 02 أكتوبر 2020 - 16:00", "2020-10-02"]
    file = tmp_path / "documents.jsonl"
    file.write_text("\n".join(json.dumps({"published": each, "text": text}) for each in papers))
    first, second = lines(run("hasila", "claims", file, "--format", "jsonl"))
    assert first == second
    dates = [claim["when_start"] for claim in first["claims"] if claim["kind"] == "date"]
    assert "2020-09-12" in dates


def test_a_date_that_cannot_be_read_is_named_and_the_document_read_without_it(tmp_path):
    file = tmp_path / "documents.jsonl"
    file.write_text(json.dumps({"id": 1, "published": "someday", "text": TEXT}))
    done = run("hasila", "claims", file)
    assert len(lines(done)) == 1
    assert "someday" in done.stderr


def test_csv_is_safe_to_open_and_numbers_stay_numbers(tmp_path):
    file = tmp_path / "documents.jsonl"
    text = "تراجع الناتج بنسبة ناقص 3,5 في المائة. " + TEXT
    file.write_text(json.dumps({"id": '=HYPERLINK("x")', "text": text}))
    done = run("hasila", "claims", file, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert {row["id"] for row in rows} == {'\'=HYPERLINK("x")'}
    assert {float(row["value"]) for row in rows if row["value"]} >= {-3.5, 4e6, 26.5e9}


def test_a_table_shows_the_claims():
    done = run("hasila", "claims", "-", "--format", "table", stdin=TEXT.encode())
    assert "4 000 000" in done.stdout
    assert "household" in done.stdout


@pytest.mark.parametrize(
    "name", ["missing.txt", "folder", "empty.txt", "blank.txt", "picture.png", "zeros.txt"]
)
def test_bad_input_is_one_line_and_exit_1(tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.txt").touch()
    (tmp_path / "blank.txt").write_text(" \n\t\n")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xd8")
    (tmp_path / "zeros.txt").write_bytes(b"abc\0def")
    done = run("hasila", "claims", tmp_path / name)
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert name in done.stderr


def test_names_cannot_forge_lines():
    done = run("hasila", "claims", "no\nsuch\u202efile\x1b[2J")
    assert len(done.stderr.splitlines()) == 1
    assert "\u202e" not in done.stderr
    assert "\x1b" not in done.stderr


def test_usage_errors_exit_2():
    assert run("hasila", "claims").returncode == 2
    assert run("hasila", "claims", "-", "--format", "xml").returncode == 2


@pytest.mark.parametrize("arguments", [["--help"], ["claims", "-"], ["claims", "--help"], ["--version"]])
def test_it_starts_without_what_it_does_not_need(arguments):
    code = (
        "import sys\n"
        "from hasila.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as exit:\n    assert not exit.code, exit.code\n"
        "heavy = {'scrapy', 'twisted', 'dateparser', 'sqlite_utils', 'warcio', 'hasila.configuration'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    document = json.dumps({"published": "الجمعة 02 أكتوبر 2020 - 16:00", "text": TEXT}).encode()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, input=document, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
