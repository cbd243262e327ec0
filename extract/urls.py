"""Canonical URLs: one article, one address."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

# Parameters that say where a reader came from, not what is shown.
_TRACKING = re.compile(
    r"utm_\w+|(?:fb|g|gb|wb|dc|ms|tw|ttc|y|sc|ir|mib)clid|igshid|igsh|mc_[ce]id|_ga|_gl|ref|ref_src|ref_url|referrer|"
    r"source|src|share|shared|cmpid|cmp|campaign|xtor|at_\w+|ns_\w+|spm|mkt_tok|replytocom|_hs\w+|pk_\w+|"
    r"amp|amphtml|outputtype|noamp|nonamp|__twitter_impression|usqp|feature|fbrefresh|__cf_chl\w*|fb_\w+|action_\w+"
)
_AMP_PATH = re.compile(r"/amp/?$|(?<=\.html)/amp$|\.amp(?=\.html$)|(?<=/)amp/(?=[^/]+/?$)")
_MOBILE_HOST = re.compile(r"^(?:m|mobile|amp)\.(?=[^.]+\.[^.]+)")
# An address that has nothing to fold; %80 to %FF are bytes of letters beyond ASCII, which stay encoded.
_FOLDED = re.compile(
    r"https?://(?!(?:m|mobile|amp)\.)[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/(?!amp/|amp$)(?:[A-Za-z0-9_~-]|%[89A-F][0-9A-F])+)+/?"
)
_INDEX = re.compile(r"/index\.(?:html?|php|xhtml)$")
_ENCODED = re.compile(r"((?:%[0-9a-fA-F]{2})+)")
_SAFE_PATH = "/:@!$&'()*+,;=-._~"


def _quoted(path: str) -> str:
    """Percent-encode a path in one way only; raises `ValueError` where what is encoded is no UTF-8."""
    pieces = _ENCODED.split(path)
    for index, piece in enumerate(pieces):
        if index % 2:
            letters = bytes.fromhex(piece.replace("%", ""))
            # Most often these are the letters of an Arabic slug, which stay encoded.
            pieces[index] = (
                piece.upper()
                if min(letters) > 0x7F and letters.decode("utf-8")
                else quote(letters.decode("utf-8"), safe=_SAFE_PATH)
            )
        else:
            pieces[index] = quote(piece, safe=_SAFE_PATH)
    return "".join(pieces)


def _host(netloc: str, scheme: str) -> str:
    host = netloc.rpartition("@")[2].lower().rstrip(".")
    for port, name in ((":80", "http"), (":443", "https")):
        if scheme == name:
            host = host.removesuffix(port)
    return _MOBILE_HOST.sub("", host)


def canonical_url(url: str, base: str | None = None) -> str:
    """Fold the addresses under which one article is reached into one.

    Tracking parameters, fragments, AMP and mobile twins, default ports, `index.html` and the two ways of
    writing an Arabic slug (letters, or percent-encoded in either case) disappear; the remaining parameters
    are sorted. `base` resolves a relative `url`. An address that cannot be parsed, or whose scheme is not
    http(s), is returned as it is.
    """
    joined = url.strip()
    if _FOLDED.fullmatch(joined) is not None:
        return joined
    try:
        if base:
            joined = urljoin(base, joined)
        parts = urlsplit(joined)
        scheme = parts.scheme.lower()
        if scheme not in ("http", "https") or not parts.netloc:
            return joined
        path = _AMP_PATH.sub(
            "/" if parts.path.endswith(("/amp/", "/amp")) and ".html" not in parts.path else "", parts.path
        )
        path = _INDEX.sub("/", path) or "/"
        path = _quoted(path)
        if path != "/":
            path = path.rstrip("/") + ("/" if path.endswith("/") else "")
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        query = urlencode(sorted(pair for pair in pairs if not _TRACKING.fullmatch(pair[0].lower())))
        return urlunsplit((scheme, _host(parts.netloc, scheme), path, query, ""))
    except ValueError:
        return joined


def site_of(url: str) -> str:
    """Return the host without `www.`; "" for a file or no URL."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")
