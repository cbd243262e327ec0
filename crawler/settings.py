"""Settings of the Scrapy project. What Scrapy leaves open or off by default and a polite crawler needs, is set here.

`scrapy crawl NAME -s SETTING=VALUE` and `hasila crawl -s SETTING=VALUE` override any of them.
"""

import os
import socket

from crawler.politeness import user_agent
from rules.relevance import threshold

BOT_NAME = "hasila"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --- Hasila's own ---------------------------------------------------------------------------------------------------

HASILA_DATABASE = os.environ.get("HASILA_DATABASE", "hasila.db")

# Whom a webmaster can write to. Without one it is the postmaster of this machine, the mailbox that RFC 5321,
# section 4.5.1, reserves; an address that somebody reads is better.
HASILA_CONTACT = os.environ.get("HASILA_CONTACT", f"mailto:postmaster@{socket.gethostname()}")

# {"quickpost": "http://quickpost.test"}: where a spider finds its site instead of the declared origin.
HASILA_ORIGINS: dict[str, str] = {}

# The proxy that all requests go through; how the demo newsroom stands in for the web.
HASILA_PROXY: str | None = None

# An article below this score is not about the reform and is not stored; the lexicon of the topic sets it.
RELEVANCE_THRESHOLD = threshold()

# --- Politeness -----------------------------------------------------------------------------------------------------

USER_AGENT = user_agent(HASILA_CONTACT)
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Hasila"

CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.5
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 3.0
AUTOTHROTTLE_MAX_DELAY = 120.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    "Accept-Language": "ar,fr;q=0.7,en;q=0.3",
}

# --- Limits ---------------------------------------------------------------------------------------------------------

DOWNLOAD_MAXSIZE = 5 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 45
DNS_TIMEOUT = 20
REDIRECT_MAX_TIMES = 5
# A refresh in the page is how challenge pages and cookie walls send one round in circles.
METAREFRESH_ENABLED = False
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "WARNING"

# --- Safety ---------------------------------------------------------------------------------------------------------

# Scrapy 2.19 accepts any certificate unless told otherwise.
DOWNLOAD_VERIFY_CERTIFICATES = True
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# A redirect must not be able to read files or talk to anything but a web server.
DOWNLOAD_HANDLERS = {"file": None, "ftp": None, "s3": None, "data": None}

# --- The machinery --------------------------------------------------------------------------------------------------

TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.politeness.RobotsMiddleware": 100,
    "crawler.politeness.ProxyMiddleware": 740,  # before Scrapy's HttpProxyMiddleware, which fills it in
}
ITEM_PIPELINES = {"crawler.pipeline.StorePipeline": 300}
LOG_LEVEL = "INFO"
