"""Layouts that real sites use and templates do not: the generic stripper reads the same four paragraphs in each."""

from __future__ import annotations

import pytest

from extract import explain_page, extract_page
from extract.records import Article, NotArticle, Page, PageKind

TITLE = "خبر عاجل عن الصحة"
TEXT = (
    "أعلنت وزارة الصحة أن عدد المستفيدين من التغطية الصحية بلغ 24 مليون شخص إلى غاية نهاية السنة الماضية.",
    "وأضافت أن الميزانية المخصصة لهذا الورش ارتفعت إلى 10 ملايير درهم، وأن الأداء سيتم في آجال قصيرة.",
    "وقال الوزير إن التسجيل في السجل الاجتماعي الموحد متواصل في كل جهات المملكة.",
    "ودعت الوزارة المواطنين إلى تحيين معطياتهم قبل متم شهر مارس المقبل لتفادي توقف الدعم.",
)
MENU = (
    "<ul>"
    + "".join(f"<li><a href='/{word}'>{word}</a></li>" for word in ["الرئيسية", "سياسة", "مجتمع", "رياضة"])
    + "</ul>"
)
HEADLINES = (
    "أسعار المحروقات تنخفض بنصف درهم",
    "توقيف عشرة أشخاص بعد مباراة كرة",
    "تساقطات ثلجية نهاية الأسبوع",
)
CARDS = (
    "<div class='grid'>"
    + "".join(
        f"<div class='card'><h3><a href='/n'>{line}</a></h3><p>{line} حسب ما أفادت به مصادر متطابقة للموقع مساء أمس...</p></div>"
        for line in HEADLINES
    )
    + "</div>"
)
REMARK = "هذه الأرقام مهمة لكن الواقع في قريتنا مختلف تماما ولم نتوصل بشيء منذ سبعة أشهر كاملة رغم الطلبات."
COOKIES = "نستخدم ملفات تعريف الارتباط لتحسين تجربتكم على موقعنا، وبمتابعة التصفح فإنكم توافقون على ذلك."
H1 = f"<h1>{TITLE}</h1>"


def each(form: str) -> str:
    return "".join(form.format(paragraph) for paragraph in TEXT)


P = each("<p>{}</p>")


def page(body: str) -> str:
    return (
        f"<!doctype html><html lang='ar'><head><meta charset='utf-8'><title>{TITLE} - جريدة</title></head>"
        f"<body>{MENU}{body}<div>جميع الحقوق محفوظة 2024</div></body></html>"
    )


def remarks(form: str) -> str:
    return "".join(form.format(f"{REMARK} ({number})") for number in range(20))


LAYOUTS = {
    "br": page(f"{H1}<div>{'<br>'.join(TEXT)}</div>{CARDS}"),
    "br in a cell of a table": page(
        f"<table><tr><td>{MENU}</td><td>{H1}<br><br>{'<br/><br/>'.join(TEXT)}</td><td>{CARDS}</td></tr></table>"
    ),
    "tables in tables": page(
        f"<table><tr><td><table><tr><td><b>{TITLE}</b></td></tr><tr><td><font size=3>{'<br><br>'.join(TEXT)}</font></td></tr></table></td></tr></table>"
    ),
    "divs for paragraphs": page(f"{H1}<div id=a>{each('<div>{}</div>')}</div>{CARDS}"),
    "spans in paragraphs": page(f"{H1}<div>{each('<p><span style=font-size:18px><strong>{}</strong></span></p>')}</div>{CARDS}"),
    "a span for each word": page(
        f"{H1}<div>" + "".join("<p>" + " ".join(f"<span>{word}</span>" for word in line.split()) + "</p>" for line in TEXT) + "</div>"
    ),
    "no-break spaces between words": page(f"{H1}<div>{P.replace(' ', '&nbsp;')}</div>{CARDS}"),
    "the site's name in a heading": page(f"<h1 class=logo>جريدة</h1>{H1}<div>{P}</div>{CARDS}"),
    "a second main heading": page(f"{H1}<div>{P}</div><h1>مواضيع أخرى</h1>{CARDS}"),
    "an article in a form": page(f"<form method=post><article>{H1}{P}</article>{CARDS}</form>"),
    "all in a form": page(f"<form id=form1><div class=main>{H1}<div class=txt>{P}</div></div></form>"),
    "comments longer than the article": page(f"{H1}<div>{P}</div><div class=comments>{remarks('<div><p>{}</p></div>')}</div>"),
    "comments without a name": page(f"{H1}<div>{P}</div><div class=x9><h2>التعليقات</h2>{remarks('<div class=c9><p>{}</p></div>')}</div>"),
    "comments in a list": page(f"{H1}<div>{P}</div><ol class=commentlist>{remarks('<li><p>{}</p></li>')}</ol>"),
    "cookie banner": page(f"<div id=cookie-law-info-bar><span>{COOKIES} <a>موافق</a></span></div>{H1}<div>{P}</div>"),
    "cookie banner without a name": page(f"<div class=b1><p>{COOKIES}</p><button>موافق</button></div>{H1}<div class=st>{P}</div>"),
    "live blog": page(f"{H1}<div class=live-blog-posts>{each('<div class=lb-post><div class=lb-time>10:00</div><div><p>{}</p></div></div>')}</div>{CARDS}"),
    "AMP": (
        f"<!doctype html><html amp lang=ar><head><meta charset=utf-8><title>{TITLE}</title></head><body><amp-sidebar>{MENU}</amp-sidebar>"
        f"<article class=amp-wp-article><header><h1 class=amp-wp-title>{TITLE}</h1></header><div class=amp-wp-article-content>{P}<amp-ad></amp-ad></div>"
        "<footer><div>الوسوم: الصحة</div></footer></article></body></html>"
    ),
    "declarative shadow DOM": page(f"<my-story><template shadowrootmode=open><article>{H1}{P}</article></template></my-story>"),
    "a template": page(f"{H1}<div>{P}</div><template><p>{REMARK}</p></template>"),
    "a copy for readers without scripts": page(f"{H1}<div>{P}</div><noscript><div>{P}</div></noscript>"),
    "a text for readers without scripts": page(f"<div id=root></div><noscript><article>{H1}{P}</article></noscript>"),
    "frames": f"<html><head><title>{TITLE}</title></head><frameset><frame src=a><noframes>{P}</noframes></frameset></html>",
    "lazy text": page(H1 + each("<p class=lazy style='visibility:hidden'>{}</p>")),
    "a document in a document": page(f"<html><head><title>x</title></head><body>{H1}<div>{P}</div></body></html>"),
    "two documents": page(f"{H1}<div>{P}</div>") + page(CARDS),
    "XHTML": (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<html xmlns='http://www.w3.org/1999/xhtml' xml:lang='ar'><head><title>{TITLE}</title></head>"
        f"<body>{H1}<div>{P.replace('</p>', '<br /></p>')}</div></body></html>"
    ),
    "XHTML with an empty script": (
        f"<?xml version='1.0' encoding='UTF-8'?>\n<html xmlns='http://www.w3.org/1999/xhtml'><head><title>{TITLE}</title>"
        f"<script src='x.js' type='text/javascript'/></head><body>{H1}<div>{P}</div></body></html>"
    ),
    "paragraphs never closed": page(f"{H1}<div>{each('<p>{}')}</div>"),
    "cut off in a script": page(f"{H1}<div>{P}</div>").replace("</body></html>", "<script>var x='"),
    "cut off in a tag": page(f"{H1}<div>{P}</div>").partition("<div>جميع")[0] + "<div class='",
    "a long comment first": "<!--" + "x" * 30_000 + "-->" + page(f"{H1}<div>{P}</div>"),
    "a comment never closed": page(f"{H1}<div>{P}</div><!-- never closed {CARDS}"),
    "a copy in a form": page(f"{H1}<div>{P}</div><textarea>{P}</textarea>"),
    "links in the text": page(H1 + "<div>" + "".join(f"<p>{line[:30]}<a href=/t>{line[30:60]}</a>{line[60:]}</p>" for line in TEXT) + f"</div>{CARDS}"),
    "a heading of the second rank": page(f"<h2 class=title>{TITLE}</h2><div>{P}</div>{CARDS}"),
    "a quotation": page(f"{H1}<blockquote>{P}</blockquote>"),
    "preformatted": page(f"{H1}<pre>" + "\n\n".join(TEXT) + "</pre>"),
    "an aside": page(f"<aside class=main-col>{H1}{P}</aside>"),
    "ads between paragraphs": page(f"{H1}<div>{each('<p>{}</p><div class=ad-slot><p>إشهار</p></div>')}</div>"),
    "a list": page(f"{H1}<ul class=story>{each('<li>{}</li>')}</ul>"),
    "definitions": page(f"{H1}<dl>{each('<dd>{}</dd>')}</dl>"),
    "elements of its own": page(f"<news-story>{H1}<news-body>{each('<news-p>{}</news-p>')}</news-body></news-story>{CARDS}"),
    "the first paragraph without a tag": page(f"{H1}<div>{TEXT[0]}{P.partition('</p>')[2]}</div>{CARDS}"),
    "two columns": page(f"{H1}<div><div><p>{TEXT[0]}</p><p>{TEXT[1]}</p></div><div><p>{TEXT[2]}</p><p>{TEXT[3]}</p></div></div>"),
    "an icon in the heading": page(f"<h1><svg><title>أيقونة</title></svg>{TITLE}</h1><div>{P}</div>"),
    "folded up": page(f"{H1}<details><summary>اقرأ</summary>{P}</details>"),
    "a class that denies": page(f"<div class='has-footer no-sidebar'>{H1}{P}</div>"),
    "a heading that is a link": page(f"<h1><a href=/x>{TITLE}</a></h1><div>{P}</div>{CARDS}"),
    "menus without end": page(MENU * 30 + f"{H1}<div>{P}</div>" + CARDS * 10),
    "a grid called sidebar in every part": page(H1 + each("<div class='sidebar-grid__content'><p>{}</p></div>") + CARDS),
    "an article tagged gallery": page(
        f"<article class='post type-post hentry category-video tag-gallery'>{H1}{P}</article><ol class='comment-list'>{remarks('<li><p>{}</p></li>')}</ol>"
    ),
    "fields without a label": page(
        f"{H1}<div class='field field--type-text-long field--label-hidden'>{P}</div><div class=related>{CARDS}</div>"
    ),
    "the rest is hidden": page(f"{H1}<div><p>{TEXT[0]}</p><div style='display: none'>{P.partition('</p>')[2]}</div></div>"),
    "remarks without a name": page(f"<article>{H1}{P}</article><ul class=zone>{remarks('<li><p>{}</p></li>')}</ul>"),
    "parts of a grid": page(H1 + each("<section><div><div><div><div class=part><p>{}</p></div></div></div></div></section>") + CARDS),
    "a style of 40 KB": page(f"<style>{'a < b {color: red} ' * 2_200}</style>{H1}<div>{P}</div>"),
    "a notice of cookies with a name": page(
        f"<div class='cmplz-cookiebanner'>{each('<p>{}</p>').replace('الصحة', 'الموقع')}<p>{COOKIES}</p></div>{H1}<div>{P}</div>"
    ),
    "marks of direction": page(H1 + each("<p>\u200f{}\u202b\u202c\ufeff</p>")),
}  # fmt: skip


@pytest.mark.parametrize("html", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_layout_is_read(html: str) -> None:
    result = extract_page(Page(body=html.encode(), url="https://j.example/a"))
    assert isinstance(result, Article)
    assert result.body.split("\n") == list(TEXT)
    assert result.title == TITLE


def test_a_banner_before_the_title_is_dropped_for_that_reason() -> None:
    told = explain_page(Page(body=LAYOUTS["cookie banner without a name"].encode(), url=""))
    assert [block.reason for block in told.blocks if block.text == COOKIES] == ["before the title"]


def test_a_page_that_asks_for_scripts_stays_empty() -> None:
    html = "<html><body><div id=app></div><noscript>You need to enable JavaScript to run this app.</noscript></body></html>"
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, NotArticle)
    assert result.kind is PageKind.EMPTY


def test_every_linked_name_in_a_paragraph_is_read() -> None:
    names = "، ".join(f"<a href='/{number}'>المدينة {number}</a>" for number in range(30))
    html = page(f"{H1}<div>{P}<p>شمل الورش: {names}.</p></div>")
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, Article)
    assert result.body.split("\n")[-1] == "شمل الورش: " + "، ".join(f"المدينة {n}" for n in range(30)) + "."


def test_one_paragraph_among_buttons_is_an_article() -> None:
    buttons = "".join(
        f"<div><a href='/share/{number}'>مشاركة الخبر عبر شبكة {number}</a></div>" for number in range(12)
    )
    html = page(f"{H1}<div class=body>{buttons}<p>{TEXT[0]} {TEXT[1]}</p></div>")
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, Article)
    assert result.body == f"{TEXT[0]} {TEXT[1]}"


def test_what_a_list_repeats_is_kept_and_a_copy_of_the_text_is_not() -> None:
    line = "الوجبة الثانية في اليوم: نصف رغيف."
    html = page(f"{H1}<div>{P}<p>{line}</p><p>{TEXT[0][:-1]} أيضا.</p><p>{line}</p></div><div>{P}</div>")
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, Article)
    assert result.body.count(line) == 2
    assert all(result.body.count(paragraph) == 1 for paragraph in TEXT)


def test_a_script_without_spaces_has_words() -> None:
    sentence = "政府は十日、社会保障制度の対象となる世帯がこれまでに四百万に達したと発表した。"
    html = f"<html lang=ja><body><h1>社会保障</h1><div><p>{sentence}</p><p>{sentence[:-1]}と述べた。</p><p>担当者は{sentence}</p></div></body></html>"
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, Article)
    assert result.body.startswith(sentence)


def test_an_image_for_readers_without_scripts_does_not_end_the_head() -> None:
    head = "<noscript><img src=/pixel></noscript><meta property='article:published_time' content='2024-05-06T07:08:09+01:00'><link rel=canonical href='https://j.example/b'>"
    html = page(f"{H1}<div>{P}</div>").replace("<title>", head + "<title>")
    result = extract_page(Page(body=html.encode(), url="https://j.example/a?x=1"))
    assert isinstance(result, Article)
    assert result.canonical == "https://j.example/b"
    assert result.published_raw == "2024-05-06T07:08:09+01:00"


def test_a_page_wholly_for_readers_without_scripts_is_read() -> None:
    links = "".join(f"<p><a href='/{number}'>{HEADLINES[number % 3]} {number}</a></p>" for number in range(9))
    html = page(f"{links}<noscript>{H1}<div>{P}<p>{REMARK} {REMARK} {REMARK} {REMARK}</p></div></noscript>")
    result = extract_page(Page(body=html.encode(), url=""))
    assert isinstance(result, Article)
    assert result.body.startswith("\n".join(TEXT))
