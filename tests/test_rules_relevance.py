"""Relevance: articles on the reform lie above the threshold, others below, whatever their length."""

import tomllib
from pathlib import Path

import pytest

from rules.lexicon import FOLDER, LexiconError
from rules.relevance import load_topic, relevance, search_queries, threshold

REFORM = [
    (
        "حصيلة تعميم التغطية الصحية",
        "أعلنت الحكومة أن عدد المستفيدين من أمو-تضامن بلغ عشرة ملايين. ويشمل التأمين الإجباري عن المرض باقي الفئات.",
    ),
    (
        "الأسر تتوصل بدفعة جديدة",
        "شرعت الوكالات في صرف الدعم الاجتماعي المباشر لهذا الشهر. ويشترط التسجيل في السجل الاجتماعي الموحد "
        "وبلوغ المؤشر عتبة الاستفادة، ثم يؤدى الدعم المباشر إلى رب الأسرة.",
    ),
    ("", "دخل إصلاح أنظمة التقاعد مرحلة جديدة، وينتظر الصندوق المغربي للتقاعد ضخ موارد إضافية."),
    ("وفاة نظام راميد", "انتهى العمل ببطاقة المساعدة الطبية، وحلت محلها التغطية الصحية الإجبارية."),
    ("نفقات صندوق المقاصة تتراجع", "تقلص دعم غاز البوتان في الأشهر الأخيرة بعد الزيادة في ثمن القنينة."),
    (
        "",
        "لاسينيسيس زادت فالتعويضات العائلية، والأجراء المصرح بهم غادي يستافدو حتى من التعويض عن فقدان الشغل.",
    ),
]
OTHER = [
    (
        "الرجاء يفوز على الوداد",
        "انتهت المباراة بهدفين لواحد أمام جمهور غفير، وسجل المهاجم هدف الفوز في الدقيقة الأخيرة.",
    ),
    (
        "حملة تلقيح ضد الحصبة",
        "أطلقت وزارة الصحة والحماية الاجتماعية حملة تلقيح بالمدارس. وقال وزير الصحة والحماية الاجتماعية إن اللقاح آمن.",
    ),
    ("انفجار قنينة غاز", "أصيب شخصان في انفجار قنينة غاز البوتان داخل منزل، ونقلا إلى المستشفى الإقليمي."),
    (
        "مهرجان السينما",
        "قدم صندوق دعم الإنتاج السينمائي دعما لثلاثة أفلام، وتسلم المخرجون الجوائز مساء السبت.",
    ),
    ("جائزة لمدرب", "اختار اللاعب التقاعد بعد مسيرة طويلة، وشكر زملاءه على الدعم."),
    ("تيسير السير في وسط المدينة", "تروم الأشغال تيسير تنقل السكان، مع سجل لتتبع الأوراش."),
]


@pytest.mark.parametrize(("title", "body"), REFORM)
def test_an_article_on_the_reform_is_above_the_threshold(title: str, body: str) -> None:
    assert relevance(title, body).score >= threshold()


@pytest.mark.parametrize(("title", "body"), OTHER)
def test_any_other_article_is_below(title: str, body: str) -> None:
    assert relevance(title, body).score < threshold()


def test_nothing_is_about_nothing() -> None:
    assert relevance("", "") == relevance("طقس اليوم", "أمطار متفرقة بالشمال.")
    assert relevance("", "").score == 0


def test_the_title_weighs_more_than_the_body() -> None:
    name, rest = "السجل الاجتماعي الموحد", "خبر من الجهة. " * 50
    assert relevance(name, rest).score > relevance("", rest + name).score


def test_repetition_saturates() -> None:
    sentence = "تحدث الوزير عن التعويضات العائلية. "
    assert relevance("", sentence * 40).score <= 1.0


def test_a_name_in_passing_in_a_long_article_does_not_pass() -> None:
    filler = "ناقش المجلس الجماعي ميزانية الطرق والإنارة وتدبير النفايات بالمدينة. " * 120
    passing = filler + "كما أشار إلى التغطية الصحية وإلى الحماية الاجتماعية وصناديق التقاعد."
    assert relevance("دورة المجلس الجماعي", passing).score < threshold()


def test_length_alone_changes_little() -> None:
    title, body = REFORM[1]
    once, four = relevance(title, body).score, relevance(title, " ".join([body] * 4)).score
    assert once < four < 2 * once


def test_prefixes_dashes_quotes_and_spelling_do_not_hide_a_name() -> None:
    plain = relevance("", "نظام أمو تضامن")
    for other in ("ونظام «أمو-تضامن»", "نظام أَمُو تضامن", "نِظام اموـ تضامن", "لنظام “أمو” تضامن"):
        assert plain.hits[0] in relevance("", other).hits
    assert relevance("", "وللتغطية الصحية").hits == relevance("", "التغطية الصحية").hits
    assert relevance("", "بالسجل الإجتماعي الموحد").hits == ("registers",)


def test_hits_are_the_terms_found_weightiest_first() -> None:
    found = relevance("راميد", "من راميد إلى التغطية الصحية")
    assert found.hits == ("ramed", "health_cover")


def test_search_queries_are_themselves_on_the_topic() -> None:
    assert len(set(search_queries())) == len(search_queries()) > 10
    assert all(relevance(query, "").score > 0 for query in search_queries())


def test_every_form_is_found_as_its_own_term() -> None:
    topic = load_topic()
    for form, term in topic.terms.items():
        found = topic.pattern.search(f"قال {form} أمس")
        assert found, form
        assert found[1] == form
        assert topic.weights[term] == 0 or relevance("", form).score > 0, form


BROKEN = [
    ("threshold = 1.0", "threshold = true_one", "topic.toml"),
    ("threshold = 1.0", "threshold = 0", "threshold"),
    ("[term.ramed]\nweight = 1.0", "[term.ramed]\nweight = 7", "[term.ramed]"),
    ("[term.amo_bare]\nweight = 0.5", "[term.amo_bare]", "[term.amo_bare]"),
    ('forms = ["أمو", "amo"]', 'forms = ["أمو", "راميد"]', "[term.ramed]"),
    ('forms = ["أمو", "amo"]', "forms = []", "[term.amo_bare]"),
]


@pytest.mark.parametrize(("was", "now", "names"), BROKEN)
def test_a_broken_file_is_named_with_line_and_key(was: str, now: str, names: str, tmp_path: Path) -> None:
    text = (FOLDER / "topic.toml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "topic.toml"
    path.write_text(text.replace(was, now), encoding="utf-8")
    with pytest.raises(LexiconError) as caught:
        load_topic(path)
    assert str(path) in str(caught.value)
    assert names in str(caught.value)
    assert "line" in str(caught.value) or f"{path}:" in str(caught.value)


def test_the_demo_newsroom_is_told_apart() -> None:
    newsroom = Path(__file__).parent / "fixtures" / "newsroom"
    articles = [tomllib.loads(p.read_text(encoding="utf-8")) for p in newsroom.glob("*/articles/*.toml")]
    assert len(articles) > 20
    wrong = [
        article["title"]
        for article in articles
        if (relevance(article["title"], "\n".join(map(str, article["paragraphs"]))).score >= threshold())
        != article["about_reform"]
    ]
    assert wrong == []
