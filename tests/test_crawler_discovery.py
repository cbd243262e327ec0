"""How feeds, sitemaps and listing pages are read, the hostile ones included."""

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, date
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest
from crawler_loopback import ROOT
from scrapy.http import HtmlResponse, Response, TextResponse

from crawler.discovery import (
    Discovery,
    Listing,
    ListingPage,
    RssFeed,
    SearchFeed,
    Sitemap,
    SiteSearch,
    TagFeed,
    UnreadableListingError,
    WordPressRest,
)
from hasila.newsroom import Newsroom

ORIGIN = "https://paper.test"


def xml(body: str | bytes, url: str = f"{ORIGIN}/feed/") -> Response:
    return Response(url, body=body if isinstance(body, bytes) else body.encode())


def urls(listing: Listing) -> tuple[str, ...]:
    return tuple(link.url for link in listing.articles)


def test_rss_gives_the_links_of_its_items_once_and_not_that_of_the_channel():
    feed = xml("""
      <?xml version="1.0" encoding="UTF-8"?>
      <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
        <link>https://paper.test/</link>
        <item><title>أ</title><link> https://paper.test/a/ </link><content:encoded><![CDATA[<link>x</link>]]></content:encoded></item>
        <item><link>/b/#comments</link></item>
        <item><link>https://paper.test/a/</link></item>
        <item><link></link></item>
        <item><link>javascript:alert(1)</link></item>
        <item><link>http://[broken/</link></item>
      </channel></rss>""")
    assert urls(RssFeed().read(feed)) == (f"{ORIGIN}/a/", f"{ORIGIN}/b/")


def test_atom_and_rss_1_are_read_as_well():
    atom = xml("""<feed xmlns="http://www.w3.org/2005/Atom"><link rel="self" href="/feed/"/>
      <entry><link rel="enclosure" href="/a.jpg"/><link href="/a/"/></entry>
      <entry><link rel="alternate" href="/b/"/></entry></feed>""")
    assert urls(RssFeed().read(atom)) == (f"{ORIGIN}/a/", f"{ORIGIN}/b/")
    rdf = xml("""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
      <channel/><item><link>/c/</link></item></rdf:RDF>""")
    assert urls(RssFeed().read(rdf)) == (f"{ORIGIN}/c/",)


def test_a_feed_with_slips_is_mended():
    feed = xml("<rss><channel><item><title>A & B\x0b</title><link>/a/</link></item>")
    assert urls(RssFeed().read(feed)) == (f"{ORIGIN}/a/",)


@pytest.mark.parametrize(
    ("piece", "body"),
    [
        (RssFeed(), "<html><body>Just a moment...</body></html>"),
        (RssFeed(), ""),
        (RssFeed(), "not XML at all"),
        (RssFeed(), b"\x1f\x8b\x08broken"),
        (RssFeed(), b"\x89PNG\r\n\x00\x00"),
        (Sitemap(), "<rss><channel/></rss>"),
    ],
)
def test_something_else_is_refused(piece, body):
    with pytest.raises(UnreadableListingError):
        piece.read(xml(body))


def test_an_entity_bomb_stays_small():
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    feed = xml(f"""<!DOCTYPE rss [<!ENTITY e0 "/x">{levels}]>
        <rss><channel><item><link>/a/</link></item><item><link>&e9;</link></item></channel></rss>""")
    started = time.perf_counter()
    assert len("".join(urls(RssFeed().read(feed)))) < 100
    assert time.perf_counter() - started < 1


def test_an_external_entity_is_not_opened(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("/stolen/")
    feed = xml(f'''<!DOCTYPE rss [<!ENTITY file SYSTEM "{secret.as_uri()}">]>
        <rss><channel><item><link>&file;</link></item><item><link>/a/</link></item></channel></rss>''')
    assert urls(RssFeed().read(feed)) == (f"{ORIGIN}/a/",)


def test_a_gzip_bomb_is_refused():
    bomb = gzip.compress(b"<urlset>" + b" " * (60 * 1024 * 1024), compresslevel=9)
    with pytest.raises(UnreadableListingError, match="unpacked"):
        Sitemap().read(xml(bomb))


def test_a_sitemap_gives_its_newest_articles():
    entries = "".join(
        f"<url><loc>/{day}/</loc><lastmod>2025-01-{day:02}T10:00:00+01:00</lastmod></url>"
        for day in range(1, 11)
    )
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>/undated/</loc></url>{entries}</urlset>'
    expected = (f"{ORIGIN}/10/", f"{ORIGIN}/9/", f"{ORIGIN}/8/")
    for sent in (body.encode(), gzip.compress(body.encode())):
        found = urls(Sitemap().read(xml(sent)))
        assert found[:3] == expected
        assert (len(found), found[-1]) == (11, f"{ORIGIN}/undated/")


def test_a_sitemap_index_leads_to_its_newest_parts_of_the_right_kind():
    index = xml("""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>/category-sitemap.xml</loc><lastmod>2025-09-09</lastmod></sitemap>
      <sitemap><loc>/post-sitemap.xml</loc><lastmod>2021-01-01</lastmod></sitemap>
      <sitemap><loc>/post-sitemap3.xml</loc><lastmod>2025-03-01</lastmod></sitemap>
      <sitemap><loc>/post-sitemap2.xml</loc><lastmod>2023-01-01</lastmod></sitemap></sitemapindex>""")
    listing = Sitemap(parts="post-", depth=2).read(index)
    assert listing.articles == ()
    assert listing.further == tuple(f"{ORIGIN}/post-sitemap{n}.xml" for n in (3, 2, ""))


def test_a_sitemap_of_50_000_entries_is_read_in_a_moment():
    body = "<urlset>" + "".join(f"<url><loc>/{n}/</loc></url>" for n in range(50_000)) + "</urlset>"
    started = time.process_time()
    assert len(Sitemap().read(xml(body)).articles) == 50_000
    assert time.process_time() - started < 3


def test_a_search_feed_asks_every_query_and_pages_while_there_are_results():
    piece = SearchFeed(queries=("الدعم المباشر", "أمو"), depth=2)
    first, second = piece.seeds(ORIGIN)
    assert (
        first
        == f"{ORIGIN}/?s=%D8%A7%D9%84%D8%AF%D8%B9%D9%85+%D8%A7%D9%84%D9%85%D8%A8%D8%A7%D8%B4%D8%B1&feed=rss2"
    )
    assert piece.pages == 4
    results = "<rss><channel><item><link>/a/</link></item></channel></rss>"
    assert piece.read(xml(results, second)).further == (f"{second}&paged=2",)
    assert piece.read(xml(results, f"{second}&paged=2")).further == (f"{second}&paged=3",)
    assert piece.read(xml("<rss><channel/></rss>", second)).further == ()


def test_a_listing_page_gives_links_and_the_next_page():
    piece = ListingPage(paths=("/", "/economy/"), links="h3.title a", next_page="a.next", depth=3)
    assert tuple(piece.seeds(ORIGIN)) == (f"{ORIGIN}/", f"{ORIGIN}/economy/")
    assert piece.pages == 6
    page = HtmlResponse(
        f"{ORIGIN}/economy/",
        encoding="utf-8",
        body="""<h3 class=title><a href="/خبر/">خبر</a></h3><h3 class=title><a href="../b/#top">ب</a></h3>
          <h3><a href="/menu/">x</a></h3><h3 class=title><a>none</a></h3><a class=next href="page/2/">2</a>""".encode(),
    )
    listing = piece.read(page)
    assert urls(listing) == (f"{ORIGIN}/خبر/", f"{ORIGIN}/b/")
    assert listing.further == (f"{ORIGIN}/economy/page/2/",)


def test_a_listing_page_that_is_no_text_is_refused():
    with pytest.raises(UnreadableListingError):
        ListingPage(paths=("/",), links="a").read(Response(ORIGIN, body=b"\x00\x01"))


def test_a_listing_page_reads_what_the_server_calls_plain_text():
    page = TextResponse(ORIGIN, body=b'<a class="t" href="/a/">', encoding="utf-8")
    assert urls(ListingPage(paths=("/",), links="a.t").read(page)) == (f"{ORIGIN}/a/",)


# The same against a server that speaks the formats: the demo newsroom over HTTP.


def read_all(newsroom: Newsroom, piece: Discovery, origin: str, since: date | None = None) -> list[str]:
    """Ask a piece's listings and those they lead to, as the spider does; the articles, each once."""
    opener = build_opener(ProxyHandler({"http": newsroom.address}))
    ahead, seen, found = list(piece.seeds(origin, since)), set(), {}
    while ahead:
        url = ahead.pop(0)
        assert url not in seen
        seen.add(url)
        try:
            with opener.open(url) as reply:
                body, headers = reply.read(), dict(reply.headers)
        except HTTPError as error:
            assert error.code in {400, 404}  # noqa: PT017 - the page before was the last one
            continue
        listing = piece.read(HtmlResponse(url, body=body, headers=headers, encoding="utf-8"))
        found.update(dict.fromkeys(urls(listing)))
        ahead += listing.further
        assert len(seen) < 40
    return list(found)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(ROOT / "tests" / "fixtures" / "newsroom") as running:
        yield running


QUICKPOST, HIBAPRESS, AGADIR24, LE360 = (
    f"http://{name}.test" for name in ("quickpost", "hibapress", "agadir24", "le360")
)
PIECES = [
    (RssFeed(depth=3), QUICKPOST, None),
    (RssFeed(paths=("/rss.xml",)), "http://snrtnews.test", None),
    (RssFeed(paths=("/arc/outboundfeeds/rss/?outputType=xml",)), LE360, None),
    (SearchFeed(queries=("الدعم",), depth=3), QUICKPOST, "الدعم"),
    (TagFeed(tags=("سوس ماسة",), depth=3), AGADIR24, None),
    (WordPressRest(queries=("درهم",), per_page=2, depth=9), QUICKPOST, "درهم"),
    (WordPressRest(queries=("",), per_page=2, depth=9), HIBAPRESS, None),
    (Sitemap(parts="post-sitemap"), QUICKPOST, None),
    (Sitemap(paths=("/news-sitemap.xml",)), QUICKPOST, None),
    (
        Sitemap(
            paths=tuple(f"/arc/outboundfeeds/sitemap-index/category/{s}/" for s in ("politique", "economie"))
        ),
        LE360,
        None,
    ),
    (ListingPage(paths=("/",), links=".jeg_pl_md_2 .jeg_post_title a", next_page="a.next"), QUICKPOST, None),
    (
        ListingPage(paths=("/page/1/",), links=".post-item .post-thumb", numbered=r"page/(\d+)/"),
        HIBAPRESS,
        None,
    ),
    (SiteSearch(queries=("الدعم",), links=".jeg_pl_md_2 h3 a", next_page="a.next"), QUICKPOST, "الدعم"),
]


@pytest.mark.parametrize(("piece", "origin", "query"), PIECES, ids=lambda part: str(part)[:40])
def test_every_piece_finds_what_a_real_server_lists(newsroom, piece, origin, query):
    site = newsroom.sites[origin.removeprefix("http://")]
    expected = {story.url for story in site.stories if query is None or story.contains(query)}
    also = {site.url + path for path in site.also_listed}
    assert set(read_all(newsroom, piece, origin)) - also == expected
    assert expected


def test_the_interface_of_wordpress_is_asked_for_what_is_since_a_day(newsroom):
    piece = WordPressRest(queries=("درهم",), per_page=3, depth=9)
    found = read_all(newsroom, piece, QUICKPOST, date(2025, 1, 1))
    stories = newsroom.sites["quickpost.test"].stories
    assert found == [
        story.url for story in stories if story.contains("درهم") and story.published.year >= 2025
    ]


def test_listings_say_when_their_articles_are_of(newsroom):
    opener = build_opener(ProxyHandler({"http": newsroom.address}))
    story = newsroom.sites["quickpost.test"].stories[0]
    for piece in (RssFeed(), WordPressRest(queries=("",)), Sitemap(paths=("/news-sitemap.xml",))):
        url = next(iter(piece.seeds(QUICKPOST)))
        with opener.open(url) as reply:
            listing = piece.read(Response(url, body=reply.read(), headers=dict(reply.headers)))
        assert listing.articles[0].dated == story.published.astimezone(UTC)


@pytest.mark.parametrize("body", ["{}", '{"message": "closed"}', "<html>", "", '"text"', "[" * 100_000])
def test_something_else_is_no_list_of_posts(body):
    with pytest.raises(UnreadableListingError):
        WordPressRest(queries=("x",)).read(xml(body))


def test_posts_that_are_not_as_they_should_be_are_passed_over():
    posts = '[{"link": "/a/", "date_gmt": "2025-09-17T10:30:00"}, {"link": 5}, 7, {"link": "javascript:x"}, {"link": "/b/", "date_gmt": null}]'
    listing = WordPressRest(queries=("x",)).read(xml(posts))
    assert [(link.url, bool(link.dated)) for link in listing.articles] == [
        (f"{ORIGIN}/a/", True),
        (f"{ORIGIN}/b/", False),
    ]
