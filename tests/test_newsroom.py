"""The demo newsroom, asked by a real HTTP client."""

from __future__ import annotations

import html
import http.client
import json
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest

from hasila.newsroom import Newsroom, NewsroomError, Site, Story

FOLDER = Path(__file__).parent / "fixtures" / "newsroom"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Client:
    """A client that knows the newsroom as its proxy; replies to plain GETs are kept."""

    newsroom: Newsroom
    seen: dict[str, Reply] = field(default_factory=dict)

    def send(self, target: str, method: str = "GET", **headers: str) -> Reply:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection(urlsplit(self.newsroom.address).netloc, timeout=10)
        try:
            connection.request(method, target, headers=names)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, url: str) -> Reply:
        if url not in self.seen:
            self.seen[url] = self.send(url)
        return self.seen[url]


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(FOLDER) as running:
        yield running


@pytest.fixture(scope="module")
def client(newsroom: Newsroom) -> Client:
    return Client(newsroom)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A newsroom of one's own to break."""
    return shutil.copytree(FOLDER, tmp_path / "newsroom")


def stories_of(site: Site) -> set[str]:
    return {story.url for story in site.stories}


def links(reply: Reply, url: str) -> set[str]:
    return {urljoin(url, html.unescape(href)) for href in re.findall(r'href="([^"]+)"', reply.text)}


def test_holds_enough_stories_of_both_kinds(newsroom: Newsroom) -> None:
    reform = [story for story in newsroom.stories if story.about_reform]
    others = [story for story in newsroom.stories if not story.about_reform]
    assert len(reform) + len(others) >= 40
    assert len(others) >= 10
    assert {story.published.year for story in reform} >= {2021, 2022, 2023, 2024, 2025, 2026}
    assert all(5 <= len(story.paragraphs) <= 9 for story in newsroom.stories)
    assert all(len(re.findall(r"\d+", story.body)) >= 8 for story in newsroom.stories)
    for stories in (reform, others):
        hosts = {urlsplit(story.url).hostname for story in stories}
        assert hosts >= newsroom.sites.keys() - {"agadir24.test"}


def test_one_story_of_the_aggregator_reprints_one_of_the_blog(newsroom: Newsroom) -> None:
    blog, aggregator = newsroom.sites["quickpost.test"], newsroom.sites["maghress.test"]
    shared = {
        (story.id, reprint.id): len(set(story.paragraphs) & set(reprint.paragraphs)) / len(reprint.paragraphs)
        for story in blog.stories
        for reprint in aggregator.stories
    }
    assert [pair for pair, share in shared.items() if share > 0] == [(4710, 1421377)]
    assert 0.4 < shared[4710, 1421377] < 1


def test_serves_every_story_in_both_request_forms(newsroom: Newsroom, client: Client) -> None:
    for story in newsroom.stories:
        parts = urlsplit(story.url)
        proxied, direct = client.get(story.url), client.send(parts.path, Host=f"{parts.hostname}:80")
        assert proxied.status == direct.status == 200
        assert proxied.body == direct.body
        assert proxied.headers["Content-Type"].lower().replace(" ", "") == "text/html;charset=utf-8"
        text = html.unescape(re.sub("</?strong>", "", proxied.text))
        assert all(paragraph in text for paragraph in (story.title, *story.paragraphs))


def test_answers_a_percent_encoded_slug_in_either_case(newsroom: Newsroom, client: Client) -> None:
    story = newsroom.sites["quickpost.test"].stories[0]
    assert re.search("%d[89]", story.url)
    shouted = re.sub("%..", lambda code: code[0].upper(), story.url)
    assert client.send(shouted).body == client.get(story.url).body


def test_keeps_a_log_of_what_it_served() -> None:
    with Newsroom(FOLDER) as own:
        client = Client(own)
        client.send("http://quickpost.test/?s=amo&feed=rss2")
        client.send("/rss", Host="maghress.test")
        client.send("http://elsewhere.test/x")
    assert own.requests == [
        ("quickpost.test", "/?s=amo&feed=rss2"),
        ("maghress.test", "/rss"),
        ("elsewhere.test", "/x"),
    ]


def test_refuses_other_hosts(client: Client) -> None:
    assert client.send("http://example.org/").status == 502
    assert client.send("/", Host="quickpost.ma").status == 502


@pytest.mark.parametrize(
    ("url", "mark"),
    [
        ("http://quickpost.test/no-such-story/", "jeg_404_content"),
        ("http://quickpost.test/category/weather/", "jeg_404_content"),
        ("http://quickpost.test/page/99/", "jeg_404_content"),
        ("http://quickpost.test/post-sitemap99.xml", "jeg_404_content"),
        ("http://maghress.test/alyaoum24/1", "(404)"),
        ("http://maghress.test/no-such-paper", "(404)"),
    ],
)
def test_answers_unknown_paths_with_the_404_page_of_the_theme(client: Client, url: str, mark: str) -> None:
    reply = client.get(url)
    assert reply.status == 404
    assert mark in reply.text
    assert "ETag" not in reply.headers


@pytest.mark.parametrize("query", ["?paged=x", "?paged=0", "?paged=²", f"?paged={'9' * 5000}"])
def test_answers_a_page_number_that_is_none_with_404(client: Client, query: str) -> None:
    assert client.send(f"http://quickpost.test/{quote(query, safe='?=')}").status == 404


def test_refuses_a_target_that_is_no_url(client: Client) -> None:
    assert client.send("/", Host="[quickpost.test").status == 400


def test_takes_no_story_under_the_paper_of_another(newsroom: Newsroom, client: Client) -> None:
    site = newsroom.sites["maghress.test"]
    story = site.stories[0]
    other = next(paper for paper in site.papers if paper != story.paper)
    assert client.get(f"{site.url}/{other}/{story.id}").status == 404


def test_answers_a_conditional_request_with_304(newsroom: Newsroom, client: Client) -> None:
    for story in newsroom.stories:
        first = client.get(story.url)
        by_tag = client.send(story.url, If_None_Match=f'"other", W/{first.headers["ETag"]}')
        by_date = client.send(story.url, If_Modified_Since=first.headers["Last-Modified"])
        assert (by_tag.status, by_tag.body, by_date.status) == (304, b"", 304)
        assert by_tag.headers["ETag"] == first.headers["ETag"]


@pytest.mark.parametrize(
    "headers",
    [
        {"If_None_Match": '"other"'},
        {"If_Modified_Since": "Thu, 01 Jan 2015 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
        {"If_None_Match": '"other"', "If_Modified_Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
    ],
)
def test_sends_the_page_anew_when_the_copy_is_old(client: Client, headers: dict[str, str]) -> None:
    assert client.send("http://quickpost.test/", **headers).status == 200


def test_answers_head_without_a_body(client: Client) -> None:
    url = "http://maghress.test/rss"
    head, whole = client.send(url, method="HEAD"), client.get(url)
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(whole.body))


def test_an_edited_story_has_another_tag_and_date(copy: Path) -> None:
    file = copy / "maghress.test/articles/2022-07-population-register.toml"
    replies = []
    for edit in (
        "",
        "modified = 2022-07-20T09:00:00+01:00\nparagraphs = [ 'عدد المسجلين بلغ 1.130.000 شخص.',",
    ):
        file.write_text(file.read_text("utf-8").replace("paragraphs = [", edit or "paragraphs = ["), "utf-8")
        with Newsroom(copy) as own:
            replies.append(Client(own).get("http://maghress.test/sadaalatlas/1187420"))
    assert replies[0].headers["ETag"] != replies[1].headers["ETag"]
    assert replies[0].headers["Last-Modified"] == "Mon, 18 Jul 2022 23:00:00 GMT"
    assert replies[1].headers["Last-Modified"] == "Wed, 20 Jul 2022 08:00:00 GMT"


def feed(client: Client, url: str) -> list[ET.Element]:
    reply = client.get(url)
    assert reply.headers["Content-Type"].startswith("application/rss+xml")
    return ET.fromstring(reply.body).findall("channel/item")


def test_feeds_hold_the_newest_stories(newsroom: Newsroom, client: Client) -> None:
    for host, path in (("quickpost.test", "/feed"), ("quickpost.test", "/feed/"), ("maghress.test", "/rss")):
        site = newsroom.sites[host]
        items = feed(client, site.url + path)
        expected = site.stories[: 10 if host == "quickpost.test" else 30]
        assert [item.findtext("link") for item in items] == [story.url for story in expected]
        assert [item.findtext("title") for item in items] == [story.title for story in expected]


def test_the_feed_of_a_blog_holds_the_whole_text(newsroom: Newsroom, client: Client) -> None:
    for item, story in zip(
        feed(client, "http://quickpost.test/feed"), newsroom.sites["quickpost.test"].stories, strict=False
    ):
        content = re.sub("<[^>]+>", "", item.findtext(f"{CONTENT}encoded") or "")
        assert all(paragraph in html.unescape(content) for paragraph in story.paragraphs)


def test_one_communique_is_in_six_outlets_in_other_words(newsroom: Newsroom) -> None:
    files = [story for story in newsroom.stories if "steering-committee" in story.file.name]
    assert {urlsplit(story.url).hostname for story in files} == newsroom.sites.keys()
    for figure in ("21,4 مليون", "24,1 مليون"):
        assert sum(figure in story.body for story in files) >= 5
    apart = [
        story for story in files if urlsplit(story.url).hostname not in {"quickpost.test", "maghress.test"}
    ]
    for story in apart:
        assert not any(set(story.paragraphs) & set(other.paragraphs) for other in files if other is not story)


def test_the_interface_of_wordpress_pages_and_bounds_its_posts(newsroom: Newsroom, client: Client) -> None:
    site = newsroom.sites["quickpost.test"]
    address = f"{site.url}/wp-json/wp/v2/posts"
    found = []
    for page in (1, 2, 3):
        reply = client.get(f"{address}?search={quote('درهم')}&per_page=5&page={page}")
        assert reply.headers["Content-Type"].startswith("application/json")
        posts = json.loads(reply.text)
        if isinstance(posts, dict):
            assert (reply.status, posts["code"]) == (400, "rest_post_invalid_page_number")
            break
        assert int(reply.headers["X-WP-TotalPages"]) >= page
        found += [post["link"] for post in posts]
    assert found == [story.url for story in site.stories if story.contains("درهم")]
    recent = json.loads(client.get(f"{address}?after=2025-01-01T00:00:00&per_page=100").text)
    assert [post["link"] for post in recent] == [
        story.url for story in site.stories if story.published.year >= 2025
    ]


def test_the_news_sitemap_names_titles_and_dates(newsroom: Newsroom, client: Client) -> None:
    site = newsroom.sites["quickpost.test"]
    news = "{http://www.google.com/schemas/sitemap-news/0.9}"
    entries = ET.fromstring(client.get(f"{site.url}/news-sitemap.xml").body).findall(f"{SITEMAP}url")
    assert [entry.findtext(f".//{news}title") for entry in entries] == [story.title for story in site.stories]


def test_the_second_edition_edits_one_story_and_lacks_another(newsroom: Newsroom) -> None:
    first = {story.url: story for story in newsroom.stories}
    with Newsroom(FOLDER, edition=2) as later:
        second = {story.url: story for story in later.stories}
        (gone,) = first.keys() - second.keys()
        (edited,) = (url for url in second if second[url].body != first[url].body)
        client = Client(later)
        assert client.get(gone).status == 404
        assert "تصويب" in client.get(edited).text
    assert second[edited].modified
    assert not second.keys() - first.keys()


def test_faults_are_those_declared_and_off_unless_asked_for(newsroom: Newsroom, client: Client) -> None:
    with Newsroom(FOLDER, faults=True) as faulty:
        troubled = Client(faulty)
        site = faulty.sites["agadir24.test"]
        (fault,) = site.faults
        assert [troubled.send(site.url + fault.path).status for _ in range(3)] == [503, 503, 200]
        url = "http://hibapress.test/old/881204"
        for _ in range(2):
            reply = troubled.send(url)
            assert reply.status == 301
            url = reply.headers["Location"]
        assert url in {story.url for story in faulty.stories}
    assert client.send(site.url + fault.path).status == 200
    for host in ("agadir24.test", "hibapress.test"):
        listed = {item.findtext("link") for item in feed(client, f"http://{host}/feed/")}
        dead = listed - stories_of(newsroom.sites[host])
        assert dead
        assert all(client.get(str(url)).status == 404 for url in dead)


def test_the_feeds_of_a_section_and_a_paper_hold_theirs_only(newsroom: Newsroom, client: Client) -> None:
    society = feed(client, "http://quickpost.test/category/society/feed/")
    assert {item.findtext("category") for item in society} == {"مجتمع"}
    paper = newsroom.sites["maghress.test"].stories[0].paper
    found = feed(client, f"http://maghress.test/{paper}/rss")
    assert found
    assert all(f"/{paper}/" in (item.findtext("link") or "") for item in found)


def search_feed(client: Client, query: str) -> set[str | None]:
    items = feed(client, f"http://quickpost.test/?s={quote(query)}&feed=rss2")
    return {item.findtext("link") for item in items}


@pytest.mark.parametrize(
    "query", ["الدعم الاجتماعي", '"الدعم الاجتماعي المباشر"', "كأس إفريقيا", "asd.MA", "5 شتنبر"]
)
def test_the_feed_of_a_search_holds_what_the_query_finds(
    newsroom: Newsroom, client: Client, query: str
) -> None:
    site = newsroom.sites["quickpost.test"]
    words = [query.strip('"')] if query.startswith('"') else query.split()
    expected = {
        story.url
        for story in site.stories
        if all(word.lower() in f"{story.title} {story.body}".lower() for word in words)
    }
    found = search_feed(client, query)
    assert found
    assert found <= expected
    assert len(found) == min(len(expected), 10)
    assert expected < stories_of(site)


def test_a_search_without_result_is_an_empty_feed(client: Client) -> None:
    assert search_feed(client, "زرافة") == set()


def pages(client: Client, start: str) -> list[Reply]:
    """A listing and the pages that follow it."""
    replies, url = [], start
    while url:
        replies.append(client.get(url))
        following = re.search(r'class="page_nav next"[^>]* href="([^"]+)"', replies[-1].text)
        url = following[1] if following else ""
    return replies


def test_the_pages_of_a_search_lead_on_within_it(newsroom: Newsroom, client: Client) -> None:
    found = [story for story in newsroom.sites["quickpost.test"].stories if story.contains("الدعم درهم")]
    replies = pages(client, f"http://quickpost.test/?s={quote('الدعم درهم')}")
    assert len(replies) == 2
    listed = re.findall(r'jeg_pl_md_2.*?<h3[^>]*><a href="([^"]+)"', "".join(r.text for r in replies), re.S)
    assert listed == [story.url for story in found]


def test_every_story_of_a_blog_is_listed_under_its_section_and_on_the_front_pages(
    newsroom: Newsroom, client: Client
) -> None:
    site = newsroom.sites["quickpost.test"]

    def listed(start: str) -> list[str]:
        cards = r'jeg_pl_md_2.*?<h3 class="jeg_post_title"><a href="([^"]+)"'
        return [url for reply in pages(client, start) for url in re.findall(cards, reply.text, re.S)]

    assert listed(f"{site.url}/") == [story.url for story in site.stories]
    assert len(pages(client, f"{site.url}/")) > 1
    for section in site.sections:
        expected = [story.url for story in site.stories if story.section == section]
        assert listed(site.section_url(section)) == expected


def test_every_story_of_an_aggregator_is_listed_under_its_section_and_paper(
    newsroom: Newsroom, client: Client
) -> None:
    site = newsroom.sites["maghress.test"]

    def listed(url: str) -> list[str]:
        titles = re.findall(r'<a class="teasertitle" href="([^"]+)"', client.get(url).text)
        return [site.url + title for title in titles]

    assert set(listed(f"{site.url}/")) <= stories_of(site)
    for section in site.sections:
        assert listed(site.section_url(section)) == [s.url for s in site.stories if s.section == section]
    for paper in site.papers:
        assert listed(f"{site.url}/{paper}") == [s.url for s in site.stories if s.paper == paper]


def locations(client: Client, url: str) -> list[str]:
    return [entry.text or "" for entry in ET.fromstring(client.get(url).body).iter(f"{SITEMAP}loc")]


def test_robots_leads_to_a_sitemap_of_every_story(newsroom: Newsroom, client: Client) -> None:
    for site in newsroom.sites.values():
        robots = client.get(f"{site.url}/robots.txt")
        assert robots.headers["Content-Type"].startswith("text/plain")
        found = re.search(r"^Sitemap: (\S+)$", robots.text, re.M)
        assert found
        level = [found[1]]
        while level and level[0].endswith(".xml"):
            level = [entry for url in level for entry in locations(client, url)]
        assert stories_of(site) <= set(level)


def test_sitemaps_say_when_a_story_changed(newsroom: Newsroom, client: Client) -> None:
    story = next(story for story in newsroom.stories if story.id == 3317)
    entries = {
        entry.findtext(f"{SITEMAP}loc"): entry.findtext(f"{SITEMAP}lastmod")
        for url in locations(client, "http://quickpost.test/sitemap_index.xml")
        for entry in ET.fromstring(client.get(url).body).iter(f"{SITEMAP}url")
    }
    assert entries[story.url] == "2023-12-01T07:10:00+00:00"


def test_what_robots_closes_is_linked_and_served(newsroom: Newsroom, client: Client) -> None:
    for site in newsroom.sites.values():
        story = site.stories[0]
        page = client.get(story.url)
        closed = [url for url in links(page, story.url) if urlsplit(url).path.startswith("/print/")]
        assert "Disallow: /print/" in client.get(f"{site.url}/robots.txt").text.splitlines()
        assert client.get(closed[0]).status == 200


STORY_PATHS = {
    "quickpost.test": r"/%[^/]+/",
    "maghress.test": r"/\w+/\d+",
    "hibapress.test": r"/details-\d+\.html",
    "agadir24.test": r"/%[^/]+/",
    "snrtnews.test": r"/node/\d+",
    "le360.test": r"/\w+/\d+_\w{26}/",
}


def test_listings_and_articles_link_to_no_missing_story(newsroom: Newsroom, client: Client) -> None:
    assert STORY_PATHS.keys() == newsroom.sites.keys()
    for site in newsroom.sites.values():
        for url in [f"{site.url}/", *stories_of(site)]:
            articles = {
                link
                for link in links(client.get(url), url)
                if re.fullmatch(re.escape(site.url) + STORY_PATHS[site.host], link)
            }
            assert articles
            assert articles <= stories_of(site)


def test_a_jnews_page_has_the_traps_of_a_real_one(newsroom: Newsroom, client: Client) -> None:
    story = next(story for story in newsroom.sites["quickpost.test"].stories if story.id == 5120)
    page = client.get(story.url).text
    body = page[page.index('<div class="content-inner">') :]
    middle = body.index("jnews_inline_related_post_wrapper")
    assert body.index("<p>تنتهي") < middle < body.index("ويستقبل الموسم")
    assert body.index("jeg_post_tags") < body.index("jeg_share_bottom_container")
    assert len(re.findall('<div class="post-wrap post-autoload"', page)) == 2
    assert len(re.findall('<h1 class="jeg_post_title">', page)) == 2
    assert 'property="article:published_time" content="2025-09-09T23:25:00+00:00"' in page
    assert re.search(r'jeg_meta_date"><a [^>]+>سبتمبر 10, 2025<', page)
    assert '<div class="jeg_nav_item jeg_top_date">الأربعاء, سبتمبر 30, 2026</div>' in page
    assert "articleBody" not in page
    assert re.search(r'comment-content"><p>[^<]*\d', page)


def test_a_maghress_page_has_the_traps_of_a_real_one(newsroom: Newsroom, client: Client) -> None:
    story = next(story for story in newsroom.sites["maghress.test"].stories if story.id == 1187420)
    page = client.get(story.url).text
    assert page.startswith("<?xml version='1.0' encoding='UTF-8' ?>\n<!DOCTYPE html PUBLIC")
    line = re.search(r'<span class="articlenewspaper">(.*?)</span>', page)
    assert line
    assert re.sub("<[^>]+>", "", line[1]) == "نشر في صدى الأطلس يوم 19 - 07 - 2022"
    parts = re.findall(r'<span class="articlecontent">(.*?)</span>', page, re.S)
    assert len(parts) > 1
    paragraphs = [text.strip() for part in parts for text in part.split("<br />") if text.strip()]
    assert tuple(map(html.unescape, paragraphs)) == story.paragraphs
    assert "javax.faces.ViewState" in page
    assert "لقراءة الخبر من مصدره." in page
    assert page.index("ui-carousel") < page.index("articletitle")


def test_pages_of_the_aggregator_are_well_formed(newsroom: Newsroom, client: Client) -> None:
    site = newsroom.sites["maghress.test"]
    for url in [f"{site.url}/", f"{site.url}/society", f"{site.url}/none", *stories_of(site)]:
        ET.fromstring(client.get(url).body)


def test_escapes_what_an_author_writes(copy: Path) -> None:
    file = copy / "maghress.test/articles/2022-07-population-register.toml"
    text = file.read_text("utf-8")
    title = re.search(r'^title = "(.+)"$', text, re.M)
    assert title
    file.write_text(text.replace(title[1], "<script>alert(1)</script> & ]]> '"), "utf-8")
    with Newsroom(copy) as own:
        client = Client(own)
        for path in ("/sadaalatlas/1187420", "/rss", "/society"):
            reply = client.get(f"http://maghress.test{path}")
            assert "<script>alert" not in reply.text
            ET.fromstring(reply.body)


def test_stops_cleanly() -> None:
    with Newsroom(FOLDER) as own:
        client = Client(own)
        assert client.send("http://quickpost.test/").status == 200
    with pytest.raises(ConnectionRefusedError):
        client.send("http://quickpost.test/")


def test_says_when_the_port_is_taken(newsroom: Newsroom) -> None:
    port = urlsplit(newsroom.address).port
    assert port is not None
    with pytest.raises(NewsroomError, match=rf"127\.0\.0\.1:{port}: cannot be served"):
        Newsroom(FOLDER, port=port)


STORY = "maghress.test/articles/2022-07-population-register.toml"
BREAKS = [
    (STORY, "title = ", "titel = ", "`title` is missing"),
    (STORY, "id = 1187420", 'id = "x"', "`id` is missing or not a int"),
    (STORY, '"society"', '"weather"', "no section 'weather'"),
    (STORY, '"sadaalatlas"', '"times"', "`paper` must name"),
    (STORY, "+01:00", "", "needs an offset"),
    (STORY, "2022-07-19T", "2036-07-19T", "younger than"),
    (STORY, "id = 1187420", "id = ", "cannot be read"),
    ("maghress.test/site.toml", '"maghress"', '"joomla"', "joomla/engine.toml: cannot be read"),
    ("engines/maghress/engine.toml", '"feed.xml"', '"atom.xml"', "atom.xml is missing"),
    ("engines/jnews/article.html", "{{/story}}", "{{/tale}}", "closes no open block"),
    ("engines/jnews/listing.html", "{{^stories}}", "{{#page}}{{^stories}}", "never closed"),
]


@pytest.mark.parametrize(("file", "old", "new", "message"), BREAKS)
def test_a_broken_newsroom_is_refused_in_one_line(
    copy: Path, file: str, old: str, new: str, message: str
) -> None:
    path = copy / file
    source = path.read_text("utf-8")
    assert old in source
    path.write_text(source.replace(old, new), "utf-8")
    with pytest.raises(NewsroomError, match=re.escape(message)) as caught:
        Newsroom(copy)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value) or "engine" in str(caught.value)


def test_two_stories_cannot_share_an_id(copy: Path) -> None:
    story = copy / STORY
    shutil.copy(story, story.with_name("twin.toml"))
    with pytest.raises(NewsroomError, match="has the id or the URL of"):
        Newsroom(copy)


def test_an_unknown_name_in_a_template_is_a_server_error_that_names_it(copy: Path) -> None:
    template = copy / "engines/jnews/article.html"
    template.write_text(template.read_text("utf-8").replace("{{site.name}}", "{{site.nmae}}"), "utf-8")
    with Newsroom(copy) as own:
        story: Story = own.sites["quickpost.test"].stories[0]
        reply = Client(own).get(story.url)
    assert reply.status == 500
    assert "article.html: nothing is called 'site.nmae'" in reply.text


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_an_empty_or_missing_folder_is_refused(tmp_path: Path, folder: str) -> None:
    with pytest.raises(NewsroomError, match=r"no such folder|holds no site"):
        Newsroom(tmp_path / folder)
