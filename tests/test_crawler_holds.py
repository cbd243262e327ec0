"""What servers ask for, addresses that are not public, looks at articles, lines of the log: each by itself."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet import defer

from crawler.guard import ForbiddenAddressError, GuardedResolver, check_url, is_public, literal_address
from crawler.holds import LONGEST_HOLD, Holds, retry_after
from crawler.logs import CleanRecord, neutralised
from crawler.visits import SCHEDULE, first_look, next_look

NOW = datetime(2025, 9, 17, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Wed, 17 Sep 2025 10:31:30 GMT", 90),
        ("Wed, 17 Sep 2025 10:29:00 GMT", 0),
        ("Thu, 17 Sep 2026 10:30:00 GMT", LONGEST_HOLD),
        ("999999999999999999999", LONGEST_HOLD),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣٠", None),
    ],
)
def test_retry_after_in_both_forms_and_capped(header, seconds):
    assert retry_after(header, NOW) == seconds


def test_a_hold_runs_on_the_monotonic_clock_and_only_grows():
    clock = [1000.0]
    known = {"slow.test": (NOW + timedelta(seconds=60), "HTTP 429"), "past.test": (NOW, "x")}
    holds = Holds(known, NOW, lambda: clock[0])
    assert (holds.left("slow.test"), holds.left("past.test"), holds.left("other.test")) == (60, 0, 0)
    holds.hold("slow.test", 10, "HTTP 503")
    assert (holds.left("slow.test"), holds.reason("slow.test")) == (60, "HTTP 429")
    clock[0] += 45
    holds.hold("slow.test", 30, "HTTP 503")
    assert (holds.left("slow.test"), holds.reason("slow.test")) == (30, "HTTP 503")
    clock[0] += 31
    assert holds.left("slow.test") == 0


PRIVATE = [
    "127.0.0.1",
    "127.255.0.9",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "0.0.0.0",
    "100.64.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "no address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["196.200.131.1", "8.8.8.8", "2606:4700::6810:84e5", "::ffff:8.8.8.8"])
def test_addresses_that_are(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "017700000001",
        "0177.0.0.1",
        "127.0.0.1.",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "%31%32%37.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "0",
    ],
)
def test_every_notation_of_an_address_is_seen_through(host):
    address = literal_address(host)
    assert address is not None
    assert not is_public(address)
    with pytest.raises(ForbiddenAddressError):
        check_url(f"http://{host}/")


@pytest.mark.parametrize("host", ["quickpost.ma", "2m.ma", "al3omk.com", "123.ma", "كود.المغرب"])
def test_names_are_names(host):
    assert literal_address(host) is None
    check_url(f"https://{host}/")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "data:text/html,x", "ftp://quickpost.ma/", "gopher://x/", "http:///x", "//x/"],
)
def test_only_http_and_https_are_fetched(url):
    with pytest.raises(ForbiddenAddressError):
        check_url(url)


def test_an_explicit_setting_allows_one_host():
    check_url("http://127.0.0.1:8000/", frozenset({"127.0.0.1"}))
    with pytest.raises(ForbiddenAddressError):
        check_url("http://127.0.0.2:8000/", frozenset({"127.0.0.1"}))


@pytest.mark.parametrize(
    ("address", "allowed", "passes"),
    [
        ("10.1.2.3", (), False),
        ("127.0.0.1", (), False),
        ("127.0.0.1", ("a.test",), True),
        ("8.8.8.8", (), True),
    ],
)
def test_a_name_that_leads_to_a_private_address_is_not_resolved(monkeypatch, address, allowed, passes):
    """Whatever DNS says, also after an earlier look at the URL: the answer is judged where the connection is made."""
    monkeypatch.setattr(CachingThreadedResolver, "getHostByName", lambda *_: defer.succeed(address))
    resolver = GuardedResolver.__new__(GuardedResolver)
    resolver.allowed = frozenset(allowed)
    found: list[object] = []
    resolver.getHostByName("a.test").addBoth(found.append)
    if passes:
        assert found == [address]
    else:
        assert found[0].check(ForbiddenAddressError)  # type: ignore[attr-defined]


def test_looks_become_fewer_and_end():
    at, looks = first_look(NOW, NOW - timedelta(hours=3))
    moments = [at]
    while planned := next_look(at, looks):
        at, looks = planned
        moments.append(at)
    assert [moment - NOW for moment in moments] == list(SCHEDULE)


def test_an_article_of_the_archive_is_looked_at_once():
    assert first_look(NOW, NOW - timedelta(days=8)) == (NOW + timedelta(days=7), 3)
    assert next_look(NOW, 3) is None
    assert first_look(NOW, None) == (NOW + timedelta(hours=1), 0)
    assert first_look(NOW, NOW, ()) is None


def test_a_line_of_the_log_stays_one_line():
    text = "http://a.test/\r\nERROR forged\u202e\x1b[31m\u2028\x00خبر"
    record = CleanRecord("a", logging.INFO, "", 0, "fetched %s", (text,), None)
    assert record.getMessage() == "fetched http://a.test/  ERROR forged  [31m  خبر"
    assert neutralised("خبر http://a.test/") == "خبر http://a.test/"
