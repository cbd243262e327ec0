"""The archive: WARC files that others can read, whole after a crash, and read back record by record."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from backports import zstd
from warcio.archiveiterator import ArchiveIterator

from crawler.archive import Archive, ArchiveError, Exchange, Original, safe_name
from crawler.replay import ArchivedText, BrokenRecord, is_archive, read_archive, read_page
from extract.records import Page
from store import ArchivePointer

AT = datetime(2025, 9, 17, 10, 30, tzinfo=UTC)
URL = "https://quickpost.test/%d8%ae%d8%a8%d8%b1/?p=1"
BODY = "<html><body><p>استفادت 4 ملايين أسرة من الدعم</p></body></html>".encode()


def exchange(payload: bytes = BODY, *, url: str = URL, status: int = 200, **headers: str) -> Exchange:
    names = {"Content_Type": "text/html; charset=utf-8", "ETag": '"1"'} | headers
    return Exchange(
        url=url,
        method="GET",
        request_headers=[("Host", "quickpost.test"), ("User-Agent", "Hasila")],
        status=status,
        headers=[(name.replace("_", "-"), value) for name, value in names.items()],
        payload=payload,
        at=AT,
    )


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", about={"software": "hasila/test"})


def files(archive: Archive) -> list[Path]:
    return sorted(archive.folder.rglob("*.warc.gz"))


def check(*paths: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "warcio.cli", "check", *paths], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def records(path: Path) -> list[tuple[str, dict[str, str]]]:
    with path.open("rb") as file:
        return [(record.rec_type, dict(record.rec_headers.headers)) for record in ArchiveIterator(file)]


def test_an_exchange_becomes_a_response_and_a_request_that_warcio_accepts(archive):
    pointer = archive.write("quickpost", exchange())
    archive.close()
    (path,) = files(archive)
    assert pointer.file == "quickpost/quickpost-20250917-00000.warc.gz"
    assert archive.folder / pointer.file == path
    check(path)
    (info, _), (kind, response), (also, request) = records(path)
    assert (info, kind, also) == ("warcinfo", "response", "request")
    assert response["WARC-Target-URI"] == URL
    assert response["WARC-Date"] == "2025-09-17T10:30:00Z"
    assert response["WARC-Payload-Digest"].startswith("sha1:")
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    page = read_page(path, pointer.offset, pointer.length)
    assert isinstance(page, Page)
    assert (page.body, page.url, page.fetched_at) == (BODY, URL, AT)
    assert page.headers["etag"] == '"1"'


def test_what_is_unchanged_is_a_revisit_of_what_is_there(archive):
    archive.write("quickpost", exchange())
    earlier = AT - timedelta(hours=1)
    assert archive.write("quickpost", exchange(), Original(at=earlier, unchanged=True)) is None
    not_modified = exchange(b"", status=304)
    assert archive.write("quickpost", not_modified, Original(at=earlier, unchanged=False)) is None
    archive.close()
    (path,) = files(archive)
    check(path)
    found = records(path)
    first = found[1][1]
    same, modified = (headers for kind, headers in found if kind == "revisit")
    assert same["WARC-Profile"].endswith("/1.1/revisit/identical-payload-digest")
    assert same["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]
    assert same["WARC-Refers-To-Date"] == "2025-09-17T09:30:00Z"
    assert modified["WARC-Profile"].endswith("/1.1/revisit/server-not-modified")
    assert len([found for found in read_archive(path) if isinstance(found, Page)]) == 1


def test_one_file_a_day_and_site_goes_on_until_it_is_too_large(tmp_path):
    for _ in range(2):
        archive = Archive(tmp_path, about={})
        archive.write("a", exchange())
        archive.write("b", exchange())
        archive.close()
    assert [path.name for path in files(archive)] == ["a-20250917-00000.warc.gz", "b-20250917-00000.warc.gz"]
    small = Archive(tmp_path, about={}, longest=2500)
    pointers = [small.write("a", exchange(os.urandom(400))) for _ in range(3)]
    small.close()
    assert [pointer.file[-13:-8] for pointer in pointers] == ["00000", "00001", "00001"]
    check(*files(archive))


def test_two_runs_at_once_do_not_write_into_one_file(tmp_path):
    first, second = Archive(tmp_path, about={}), Archive(tmp_path, about={})
    one, other = first.write("a", exchange()), second.write("a", exchange())
    first.close()
    second.close()
    assert one.file != other.file
    check(*files(first))


@pytest.mark.parametrize("torn", [b"\x1f\x8b\x08half a record", b"\0" * 5000, b"rubbish"])
def test_half_a_record_is_cut_off_before_another_is_written(tmp_path, torn):
    archive = Archive(tmp_path, about={})
    pointer = archive.write("a", exchange())
    archive.close()
    (path,) = files(archive)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)
    again = Archive(tmp_path, about={}, archived_to={pointer.file: pointer.offset}.__getitem__)
    after = again.write("a", exchange(b"<p>after</p>"))
    again.close()
    assert after.offset == len(whole)
    check(path)
    assert len(records(path)) == 5


def test_a_record_cut_in_its_middle_is_written_over(tmp_path):
    archive = Archive(tmp_path, about={})
    archive.write("a", exchange())
    archive.close()
    (path,) = files(archive)
    path.write_bytes(path.read_bytes()[:-40])
    again = Archive(tmp_path, about={})
    again.write("a", exchange())
    again.close()
    check(path)
    assert [kind for kind, _ in records(path)] == ["warcinfo", "response", "response", "request"]


def test_a_full_disk_leaves_the_file_whole_and_is_said_in_one_line(archive, monkeypatch):
    archive.write("a", exchange())
    real = os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) > 100:
            return real(descriptor, data[:100], offset)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(ArchiveError, match="cannot be written: No space left on device"):
        archive.write("a", exchange(os.urandom(1000)))
    monkeypatch.undo()
    archive.write("a", exchange())
    archive.close()
    check(*files(archive))


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc", "..", "", "a/b", "a\0b", "خبر", "C:\\x", "a\nb", "x" * 300]
)
def test_no_name_leads_out_of_the_folder(tmp_path, name):
    assert safe_name(name) not in {"", ".", ".."}
    archive = Archive(tmp_path / "archive", about={})
    archive.write(name, exchange())
    archive.close()
    (path,) = tmp_path.rglob("*.warc.gz")
    assert path.parent.parent == tmp_path / "archive"


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
    ],
)
def test_a_page_is_kept_as_it_came_and_read_without_its_coding(archive, coding, pack):
    pointer = archive.write("a", exchange(pack(BODY), Content_Encoding=coding))
    bomb = archive.write("a", exchange(pack(b"<p>" * 4_000_000), Content_Encoding=coding))
    archive.close()
    (path,) = files(archive)
    if coding in {"gzip", "deflate"}:
        check(path)
    page, large = (read_page(path, each.offset, each.length) for each in (pointer, bomb))
    assert isinstance(page, Page)
    assert page.body == BODY
    assert large == BrokenRecord(offset=bomb.offset, reason="holds a page larger than 5 MiB")


def written(archive: Archive, count: int = 5) -> tuple[Path, list[ArchivePointer]]:
    pointers = [archive.write("a", exchange(BODY + b"%d" % n, url=f"{URL}{n}")) for n in range(count)]
    archive.close()
    (path,) = files(archive)
    return path, [pointer for pointer in pointers if pointer]


@pytest.mark.parametrize("damage", ["bits", "zeros", "cut", "length"])
def test_a_broken_record_is_named_and_the_rest_read(archive, damage):
    path, pointers = written(archive)
    data = bytearray(path.read_bytes())
    victim = pointers[2]
    middle = victim.offset + victim.length // 2
    match damage:
        case "bits":
            data[middle] ^= 0xFF
        case "zeros":
            data[victim.offset : victim.offset + victim.length] = bytes(victim.length)
        case "cut":
            del data[middle : victim.offset + victim.length]
        case "length":
            data[victim.offset + victim.length - 8] ^= 1  # the checksum of the member
    path.write_bytes(data)
    found = list(read_archive(path))
    assert [record.url[-1] for record in found if isinstance(record, Page)] == ["0", "1", "3", "4"]
    (broken,) = (record for record in found if isinstance(record, BrokenRecord))
    assert broken.offset == victim.offset
    assert broken.reason


def test_an_archive_that_is_not_compressed_is_read_as_well(archive, tmp_path):
    path, _ = written(archive)
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    assert is_archive(plain)
    assert len([record for record in read_archive(plain) if isinstance(record, Page)]) == 5
    data = plain.read_bytes().replace(b"Content-Length: ", b"Content-Length: x", 4)
    plain.write_bytes(data)
    found = list(read_archive(plain))
    assert [record.url[-1] for record in found if isinstance(record, Page)] == ["2", "3", "4"]
    assert [type(record) for record in found].count(BrokenRecord) == 4


def test_the_texts_of_a_wet_file_are_read(tmp_path):
    text = "حصيلة الدعم\nاستفادت 4 ملايين أسرة."
    body = text.encode()
    record = (
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://a.test/1\r\n"
        "WARC-Date: 2025-09-17T10:30:00Z\r\nWARC-Record-ID: <urn:uuid:1>\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    path = tmp_path / "a.warc.wet.gz"
    path.write_bytes(gzip.compress(record + body + b"\r\n\r\n"))
    assert list(read_archive(path)) == [ArchivedText(url="https://a.test/1", text=text, at=AT)]


def test_what_is_no_archive_is_not_taken_for_one(tmp_path):
    for name, data in (("a.html", BODY), ("a.gz", gzip.compress(BODY)), ("b.gz", b"\x1f\x8b\x08broken")):
        (tmp_path / name).write_bytes(data)
        assert not is_archive(tmp_path / name)
