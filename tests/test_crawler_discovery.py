"""How feeds, sitemaps and listing pages are read, the hostile ones included."""

import gzip
import time

import pytest
from scrapy.http import HtmlResponse, Response, TextResponse

from crawler.discovery import Listing, ListingPage, RssFeed, SearchFeed, Sitemap, UnreadableListingError

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
    started = time.perf_counter()
    assert len(Sitemap().read(xml(body)).articles) == 50_000
    assert time.perf_counter() - started < 3


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
