"""The order of the methods, a site's own layout, and the account that the extraction gives of itself."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from extract import explain_page, extract_page
from extract.records import Article, Layout, Method, NotArticle, Page, PageKind
from extract.themes import ThemeError, parse_theme, theme_named, themes

FOLDER = Path(__file__).parent / "fixtures" / "pages"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
FIRST = "قال مدير الوكالة إن 300 ألف أسرة توصلت بالدعم لأول مرة خلال شهر يناير من هذه السنة."
SECOND = "وأضاف أن 40 ألف طلب ما زال قيد الدراسة، وأن الجواب سيصل إلى أصحابه قبل متم الشهر."
OTHER = "نص آخر في صندوق جانبي لا علاقة له بالخبر، وفيه أيضا جملة طويلة تنتهي بنقطة كما في الخبر نفسه."
HTML = f"""<html lang="ar"><head><title>دعم جديد | جريدة</title></head><body><h1>دعم جديد</h1><i class="when">17 شتنبر 2025</i>
<i class="who">بقلم: ليلى</i><b class="sec">مجتمع</b><div class="story"><p>{FIRST}</p><div class="promo-x">{OTHER}</div><p>{SECOND}</p></div></body></html>"""
LAYOUT = Layout(
    body=(".none", ".story"),
    title=("h1",),
    date=(".when",),
    author=(".who",),
    section=(".sec",),
    drop=(".promo-x",),
)


def article(layout: Layout | None, html: str = HTML, **fields: object) -> Article:
    result = extract_page(Page(body=html.encode(), url="https://j.example/a", **fields), layout=layout)  # type: ignore[arg-type]
    assert isinstance(result, Article)
    return result


def test_layout_comes_first() -> None:
    found = article(LAYOUT)
    assert found.method is Method.SITE
    assert found.body == f"{FIRST}\n{SECOND}"
    assert (found.title, found.author, found.section) == ("دعم جديد", "ليلى", "مجتمع")
    assert found.published_raw == "17 شتنبر 2025"
    assert found.published_at is not None
    assert found.published_at.isoformat() == "2025-09-17T00:00:00+01:00"


def test_layout_whose_selectors_find_nothing_gives_way() -> None:
    found = article(Layout(body=(".gone",)))
    assert found.method is Method.STRIPPER
    assert found.body.startswith(FIRST)


def test_layout_is_not_used_after_the_redesign() -> None:
    layout = Layout(body=LAYOUT.body, drop=LAYOUT.drop, valid_until=NOW)
    assert article(layout, fetched_at=NOW - timedelta(days=1)).method is Method.SITE
    assert article(layout, fetched_at=NOW).method is Method.STRIPPER


def test_layout_may_name_a_theme() -> None:
    html = HTML.replace('class="story"', 'class="content-inner"')
    found = article(Layout(theme="jnews"), html)
    assert (found.method, found.theme) == (Method.THEME, "jnews")
    with pytest.raises(ThemeError, match=r"no theme 'jnew'; there are .*jnews"):
        extract_page(Page(body=HTML.encode(), url=""), layout=Layout(theme="jnew"))


def test_stale_theme_yields_to_the_stripper() -> None:
    paragraphs = "".join(f"<p>{FIRST} {n}.</p><p>{SECOND} {n}.</p>" for n in range(6))
    html = f'<html><body class="jnews"><h1>دعم جديد</h1><div class="content-inner"><p>{FIRST}</p></div><div class="new">{paragraphs}</div></body></html>'
    assert article(None, html).method is Method.STRIPPER


def test_relative_date_is_read_against_the_fetch() -> None:
    html = HTML.replace("17 شتنبر 2025", "منذ 3 ساعات")
    found = article(LAYOUT, html, fetched_at=NOW)
    assert found.published_at == NOW - timedelta(hours=3)
    assert found.published_raw == "منذ 3 ساعات"


def test_explanation_names_methods_and_blocks() -> None:
    body = (FOLDER / "jnews" / "plain.html").read_bytes()
    told = explain_page(Page(body=body, url=""))
    assert isinstance(told.result, Article)
    assert [attempt.method for attempt in told.attempts] == list(Method)
    assert [attempt.method for attempt in told.attempts if attempt.accepted] == [Method.THEME]
    assert [attempt.method for attempt in told.attempts if attempt.tried] == [Method.THEME]
    assert told.encoding == "utf-8"
    assert [block.text for block in told.blocks if block.kept] == told.result.body.split("\n")
    stripped = explain_page(Page(body=HTML.encode(), url=""))
    assert {attempt.method: attempt.reason for attempt in stripped.attempts} == {
        Method.SITE: "no selectors of the site are known",
        Method.THEME: "no theme recognised",
        Method.STRUCTURED: "no articleBody in the page's JSON-LD",
        Method.STRIPPER: "prose score 5.4: 34 words in 2 paragraphs",
        Method.TEXT_DUMP: "the page has markup",
    }
    assert {block.kept for block in stripped.blocks} == {True, False}
    assert stripped.result == extract_page(Page(body=HTML.encode(), url=""))


def test_explanation_shows_what_a_theme_drops() -> None:
    told = explain_page(Page(body=(FOLDER / "jnews" / "inline_related.html").read_bytes(), url=""))
    assert "dropped by its selector" in {block.reason for block in told.blocks if not block.kept}


def test_explanation_of_a_page_that_is_refused_at_once_has_methods_not_reached() -> None:
    told = explain_page(Page(body=b"", url=""))
    assert {attempt.reason for attempt in told.attempts} == {"not reached"}


def test_text_without_markup_is_read_as_a_dump() -> None:
    body = (FOLDER / "dumps" / "article_only.txt").read_bytes()
    result = extract_page(Page(body=body, url="", headers={"content-type": "text/plain"}))
    assert isinstance(result, Article)
    assert result.method is Method.TEXT_DUMP


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, PageKind.SOFT_404),
        (410, PageKind.SOFT_404),
        (401, PageKind.LOGIN_WALL),
        (403, PageKind.CHALLENGE),
        (503, PageKind.CHALLENGE),
    ],
)
def test_an_error_status_is_no_article(status: int, kind: PageKind) -> None:
    result = extract_page(Page(body=HTML.encode(), url="https://j.example/a", status=status))
    assert isinstance(result, NotArticle)
    assert (result.kind, result.reason) == (kind, f"status {status}")


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"<html><body></body></html>"])
def test_an_empty_page_is_empty(body: bytes) -> None:
    result = extract_page(Page(body=body, url=""))
    assert isinstance(result, NotArticle)
    assert result.kind is PageKind.EMPTY


def test_every_theme_has_pages() -> None:
    for theme in themes():
        pages = list((FOLDER / theme.name).glob("*.html"))
        assert len(pages) >= 4, theme.name
        assert theme_named(theme.name) is theme


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body = [1 2]", r"themes/x\.toml: .*line 1"),
        ('marks = [".a"]', "`body` is missing"),
        ('body = [".a"]', "one of `body_class`, `generator`, `marks` is needed"),
        ('body = [".a"]\nmarks = [".a"]\nbodi = [".a"]', "unknown key `bodi`"),
        ('body = ".a"\nmarks = [".a"]', "`body` must be a list of strings"),
        ('body = [".a"]\ngenerator = 1', "`generator` must be a string"),
        ('body = [".a"]\nmarks = [".a"]\nfirst_only = "yes"', "`first_only` must be true or false"),
        ('body = [".a"]\nmarks = [".a"]\nrank = "first"', "`rank` must be a whole number"),
    ],
)
def test_a_broken_theme_names_its_file_and_key(text: str, message: str) -> None:
    with pytest.raises(ThemeError, match=message):
        parse_theme("x", text)


def with_data(body: str) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": "دعم جديد", "articleBody": body})
    return HTML.replace("</head>", f'<script type="application/ld+json">{data}</script></head>')


def test_an_article_body_that_is_a_beginning_gives_way_to_the_text() -> None:
    beginning = " ".join(f"{FIRST[:-1]} رقم {number}." for number in range(5))
    rest = "".join(f"<p>{SECOND[:-1]} كما في الفقرة {number}.</p>" for number in range(20))
    paragraphs = "".join(f"<p>{FIRST[:-1]} رقم {number}.</p>" for number in range(5))
    html = with_data(beginning).replace(f"<p>{FIRST}</p>", paragraphs).replace(f"<p>{SECOND}</p>", rest)
    found = article(None, html)
    assert found.method is Method.STRIPPER
    assert found.body.count("\n") == 24


def test_an_article_body_that_holds_its_text_twice_is_not_taken() -> None:
    body = " ".join(f"{FIRST[:-1]} رقم {number}." for number in range(12))
    found = article(None, with_data(f"{body} {body}"))
    assert found.body == f"{FIRST}\n{SECOND}"
