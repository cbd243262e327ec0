"""What the crawler's settings promise: politeness, limits, no open doors."""

import ast
import os
import re
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from crawler_loopback import BIN, ROOT, Reply, loopback, settings
from loopback_certificate import self_signed

from crawler.spiders.news import NewsSpider
from hasila.sites import project_settings, site_spiders

SETTINGS = project_settings()


def test_no_door_is_open():
    assert not SETTINGS.getbool("TELNETCONSOLE_ENABLED")
    assert not SETTINGS.getbool("REMOTE_CONTROL_ENABLED")
    handlers = SETTINGS.get_component_priority_dict_with_base("DOWNLOADER_MIDDLEWARES")
    assert "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware" not in {
        name for name, place in handlers.items() if place is not None
    }
    schemes = SETTINGS.getwithbase("DOWNLOAD_HANDLERS")
    assert {name for name, handler in schemes.items() if handler} == {"http", "https"}


def test_the_crawler_is_polite_and_bounded():
    assert SETTINGS.getbool("ROBOTSTXT_OBEY")
    assert SETTINGS.getbool("AUTOTHROTTLE_ENABLED")
    assert SETTINGS.getfloat("DOWNLOAD_DELAY") >= 1
    assert SETTINGS.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert SETTINGS.getint("DOWNLOAD_MAXSIZE") == 5 * 1024 * 1024
    assert SETTINGS.getint("DOWNLOAD_TIMEOUT") <= 60
    assert SETTINGS.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert SETTINGS.getfloat("RELEVANCE_THRESHOLD") > 0


def test_the_user_agent_says_who_we_are_and_whom_to_write_to():
    code = "from crawler import settings; print(settings.USER_AGENT)"
    own = {**os.environ, "HASILA_CONTACT": "mailto:editor@example.org"}
    told = subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, text=True, check=True)
    assert re.fullmatch(r"Hasila/\S+ \(.*\+mailto:editor@example\.org\)", told.stdout.strip())
    none = {name: value for name, value in os.environ.items() if name != "HASILA_CONTACT"}
    untold = subprocess.run(
        [sys.executable, "-c", code], env=none, capture_output=True, text=True, check=True
    )
    assert f"+mailto:postmaster@{socket.gethostname()})" in untold.stdout


@pytest.mark.parametrize("spider", site_spiders(), ids=lambda spider: spider.name)
def test_a_site_is_declared_and_no_more(spider: type[NewsSpider]):
    assert spider.origin.startswith("https://")
    assert spider.site in spider.origin
    assert spider.discovery
    assert spider.health.least_found > 0
    module = Path(sys.modules[spider.__module__].__file__ or "")
    source = module.read_text(encoding="utf-8")
    tree = ast.parse(source)
    (declared,) = (
        node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == spider.__name__
    )
    assert (declared.end_lineno or 0) - declared.lineno < 40
    flow = (
        ast.If
        | ast.For
        | ast.While
        | ast.Try
        | ast.With
        | ast.FunctionDef
        | ast.AsyncFunctionDef
        | ast.Lambda
    )
    assert not [node for node in ast.walk(tree) if isinstance(node, flow)]


def test_no_socket_listens_during_a_crawl(tmp_path):
    slow = "http://quickpost.test/sitemap_index.xml"
    with loopback({slow: Reply(delay=20)}) as site:
        crawl = subprocess.Popen(
            [BIN / "hasila", "crawl", "quickpost", "--db", tmp_path / "n.db", *settings(site)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            assert site.arrived.wait(30)
            assert listening(crawl.pid) == set()
        finally:
            crawl.kill()
            crawl.wait()


def listening(process: int) -> set[str]:
    """Inodes of the listening TCP sockets of a process (state 0A in /proc/net/tcp)."""
    own = {link.readlink().name for link in Path(f"/proc/{process}/fd").iterdir() if link.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == "0A" and f"socket:[{columns[9]}]" in own:
                found.add(columns[9])
    return found


def test_a_bad_certificate_is_refused(tmp_path):
    """A site with a self-signed certificate: no request reaches it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    self_signed(key, certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    script = tmp_path / "probe.py"
    script.write_text(
        "import sys\n"
        "from scrapy import Request, Spider\n"
        "from scrapy.crawler import AsyncCrawlerProcess\n"
        "from hasila.sites import project_settings\n"
        "class Probe(Spider):\n"
        "    name = 'probe'\n"
        "    async def start(self):\n"
        "        yield Request(sys.argv[1], self.parse, errback=self.lost, meta={'dont_obey_robotstxt': True})\n"
        "    def parse(self, response): print('CAME', response.status)\n"
        "    def lost(self, failure): print('LOST', failure.value)\n"
        "settings = project_settings()\n"
        "settings.setdict({'ITEM_PIPELINES': {}, 'RETRY_ENABLED': False, 'LOG_LEVEL': 'CRITICAL',\n"
        "                  'AUTOTHROTTLE_ENABLED': False, 'HASILA_PRIVATE_HOSTS': ['localhost'], 'DOWNLOAD_VERIFY_CERTIFICATES': sys.argv[2] == 'verify'},\n"
        "                 priority='cmdline')\n"
        "process = AsyncCrawlerProcess(settings)\n"
        "process.crawl(Probe)\n"
        "process.start()\n"
    )
    with loopback({"http://localhost/": Reply(200, b"secret")}, tls=context) as site:
        url = site.address.replace("http:", "https:").replace("127.0.0.1", "localhost") + "/"

        def probe(mode: str) -> str:
            done = subprocess.run(
                [sys.executable, script, url, mode],
                cwd=ROOT,
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
                    "no_proxy": "*",
                },
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            return done.stdout

        assert "LOST" in probe("verify")
        assert site.requests == []
        # The same server answers a client that does not look: it was the certificate.
        assert "CAME 200" in probe("trust anybody")
