"""Which addresses may be talked to: public ones, over http and https.

A page may lead a crawler to any address: by a redirect, a sitemap, a name that resolves to this machine. So addresses
are looked at twice: those that a URL spells out before anything is sent, and those that a name resolves to where the
connection is made, after DNS.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import unicodedata
from functools import lru_cache
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies

from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from scrapy.settings import BaseSettings
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.error import DNSLookupError

logger = logging.getLogger(__name__)

_EMBEDDING: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Networks whose last four bytes are an IPv4 address: NAT64 (RFC 6052) and the old compatible form (RFC 4291)."""
_DOTS: Final = str.maketrans("。．｡", "...")


class ForbiddenAddressError(IgnoreRequest):
    """A request to something that is no public web server."""


class ForbiddenNameError(ForbiddenAddressError, DNSLookupError):
    """A name that leads to such a place. Twisted logs a traceback of whatever is no failed look-up."""


def is_public(address: str) -> bool:
    """Whether an IP address can be that of a public server.

    An IPv4 address inside an IPv6 one (mapped, compatible, 6to4, Teredo, NAT64) is judged by itself.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo and ip.teredo[1])
        if not inner and any(ip in network for network in _EMBEDDING):
            inner = ipaddress.IPv4Address(ip.packed[-4:])
        if inner:
            return is_public(str(inner))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


@lru_cache(maxsize=1024)
def literal_address(host: str) -> str | None:
    """Return the IP address that a host of a URL spells out, in any notation; None for a name.

    `127.1`, `2130706433`, `0x7f.0.0.1` and digits of other scripts are all taken for addresses somewhere.
    """
    plain = unicodedata.normalize("NFKC", unquote(host)).translate(_DOTS).strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(plain.partition("%")[0]))
    except ValueError:
        pass
    if not plain or plain[0] not in "0123456789":
        return None
    try:
        return socket.inet_ntoa(socket.inet_aton(plain))
    except (OSError, UnicodeEncodeError):
        return None


def check_url(url: str, private: frozenset[str] = frozenset()) -> None:
    """Raise ForbiddenAddressError unless a URL can lead to a public web server.

    `private` are hosts that a setting names, whatever their address.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ForbiddenAddressError("is no URL") from None
    if parts.scheme not in {"http", "https"}:
        raise ForbiddenAddressError(f"{parts.scheme or 'no scheme'}: only http and https are fetched")
    if host in private:
        return
    address = literal_address(host)
    if not host or (address is not None and not is_public(address)):
        raise ForbiddenAddressError(f"{host or 'no host'} is no public address")


def private_hosts(settings: BaseSettings) -> frozenset[str]:
    """Return the hosts that the operator allows whatever their address is (setting HASILA_PRIVATE_HOSTS)."""
    return frozenset(settings.getlist("HASILA_PRIVATE_HOSTS"))


def proxy_hosts(settings: BaseSettings) -> frozenset[str]:
    """Return the hosts of the proxies that the operator has set: by HASILA_PROXY, or in the environment."""
    proxies = [settings.get("HASILA_PROXY") or "", *getproxies().values()]
    hosts = (urlsplit(proxy if "//" in proxy else f"//{proxy}").hostname for proxy in proxies)
    return frozenset(filter(None, hosts))


class GuardedResolver(CachingThreadedResolver):
    """Resolves names for all connections and refuses those that lead to an address that is not public.

    The connection is made to the very address that was looked at, so a name cannot change in between.
    """

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: ReactorBase) -> Self:
        """Make the resolver of the process."""
        resolver: Self = super().from_crawler(crawler, reactor)
        resolver.allowed = private_hosts(crawler.settings) | proxy_hosts(crawler.settings)
        return resolver

    def getHostByName(self, name: str, timeout: Any = ()) -> Deferred[str]:  # noqa: N802 - Twisted's name
        """Resolve a name; fails with ForbiddenAddressError where the address is not public."""
        found: Deferred[str] = super().getHostByName(name, timeout)
        if name not in self.allowed:
            found.addCallback(_checked, name)
        return found


def _checked(address: str, name: str) -> str:
    if not is_public(address):
        # Twisted reports a name that cannot be resolved, so the reason is said here.
        logger.warning("%s leads to %s, which is no public address: nothing is sent", name, address)
        raise ForbiddenNameError(f"{name} leads to {address}, which is no public address")
    return address
