"""The right Arabic text, whatever header and meta say (RELIABILITY: twelve cases of header, meta and truth)."""

from __future__ import annotations

import codecs

import pytest

from extract import extract_page
from extract.decoding import decode
from extract.records import Article, NotArticle, Page, PageKind

PARAGRAPHS = (
    "أعلنت وزارة الصحة أن عدد المستفيدين من التغطية الصحية بلغ 24 مليون شخص إلى غاية نهاية السنة الماضية.",
    "وأضافت أن الميزانية المخصصة لهذا الورش ارتفعت إلى 10 ملايير درهم، وأن الأداء سيتم في آجال قصيرة.",
    "وقال الوزير إن التسجيل في السجل الاجتماعي الموحد متواصل في كل جهات المملكة.",
)


def page(meta: str = "") -> str:
    declared = f'<meta charset="{meta}">' if meta else ""
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"<html lang='ar'><head>{declared}<title>خبر</title></head><body><h1>خبر</h1><div>{body}</div></body></html>"


# name, true encoding, byte order mark, header, meta
MATRIX = [
    ("utf-8, all agree", "utf-8", b"", "utf-8", "utf-8"),
    ("utf-8, undeclared", "utf-8", b"", "", ""),
    ("utf-8, header lies", "utf-8", b"", "windows-1256", "utf-8"),
    ("utf-8, meta lies", "utf-8", b"", "utf-8", "windows-1256"),
    ("utf-8, both lie", "utf-8", b"", "iso-8859-1", "windows-1252"),
    ("utf-8 with a mark, header lies", "utf-8", codecs.BOM_UTF8, "iso-8859-6", ""),
    ("windows-1256, all agree", "cp1256", b"", "windows-1256", "windows-1256"),
    ("windows-1256, undeclared", "cp1256", b"", "", ""),
    ("windows-1256, header says utf-8", "cp1256", b"", "utf-8", "windows-1256"),
    ("windows-1256, both lie", "cp1256", b"", "iso-8859-1", "utf-8"),
    ("iso-8859-6, undeclared", "iso8859_6", b"", "", ""),
    ("iso-8859-6, header says windows-1256", "iso8859_6", b"", "windows-1256", ""),
    ("utf-16 with a mark, undeclared", "utf-16-le", codecs.BOM_UTF16_LE, "", ""),
    ("utf-16 big endian with a mark, header lies", "utf-16-be", codecs.BOM_UTF16_BE, "utf-8", "utf-8"),
    ("utf-16 without a mark", "utf-16-le", b"", "", ""),
]


@pytest.mark.parametrize(
    ("encoding", "mark", "header", "meta"), [case[1:] for case in MATRIX], ids=[case[0] for case in MATRIX]
)
def test_charset_matrix(encoding: str, mark: bytes, header: str, meta: str) -> None:
    headers = {"content-type": f"text/html; charset={header}"} if header else {"content-type": "text/html"}
    result = extract_page(Page(body=mark + page(meta).encode(encoding), url="", headers=headers))
    assert isinstance(result, Article)
    assert result.body == "\n".join(PARAGRAPHS)
    assert result.title == "خبر"


def test_french_page_in_windows_1252() -> None:
    text = "<html><body><p>L’enquête a été menée à Rabat, dès août, auprès de 4 000 ménages pauvres.</p></body></html>"
    decoded = decode(Page(body=text.encode("cp1252"), url=""))
    assert decoded is not None
    assert decoded.text == text


def test_utf8_page_cut_inside_a_letter_stays_utf8() -> None:
    decoded = decode(Page(body=page().encode()[:-60][: -1 - len(page().encode()) % 2] + b"\xd8", url=""))
    assert decoded is not None
    assert PARAGRAPHS[0] in decoded.text


def test_caller_insists_on_a_charset() -> None:
    decoded = decode(Page(body="خبر".encode("iso8859_6"), url="", charset="iso-8859-6"))
    assert decoded is not None
    assert decoded.text == "خبر"


def test_unknown_charset_is_as_good_as_none() -> None:
    decoded = decode(Page(body="خبر".encode(), url="", charset="klingon-8"))
    assert decoded is not None
    assert decoded.text == "خبر"


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n%\xe2\xe3",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        bytes(range(256)) * 40,
        b"\x1f\x8b\x08" + bytes(50),
    ],
    ids=["pdf", "png", "bytes", "gzip"],
)
def test_bytes_that_are_no_text(body: bytes) -> None:
    result = extract_page(Page(body=body, url="https://example.ma/a"))
    assert isinstance(result, NotArticle)
    assert result.kind is PageKind.NOT_TEXT


def test_german_in_a_one_byte_encoding_is_not_read_as_arabic() -> None:
    text = (
        "<p>Für die Familien läuft die Zeit ab: Über 300 Anträge auf Unterstützung müssen geprüft werden.</p>"
    )
    decoded = decode(Page(body=f"<html><body>{text * 3}".encode("cp1252"), url=""))
    assert decoded is not None
    assert text in decoded.text
