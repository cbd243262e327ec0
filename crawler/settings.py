"""Settings of the Scrapy project. What Scrapy leaves open or off by default and a polite crawler needs, is set here.

`scrapy crawl NAME -s SETTING=VALUE` and `hasila crawl -s SETTING=VALUE` override any of them.
"""

import os

from crawler.archive import LONGEST_FILE
from crawler.politeness import postmaster, user_agent
from crawler.visits import SCHEDULE
from rules.relevance import threshold

BOT_NAME = "hasila"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# --- Hasila's own ---------------------------------------------------------------------------------------------------

HASILA_DATABASE = os.environ.get("HASILA_DATABASE", "hasila.db")

# Whom a webmaster can write to. Without one it is the postmaster of this machine; an address that somebody reads is
# better.
HASILA_CONTACT = os.environ.get("HASILA_CONTACT") or postmaster()

# {"quickpost": "http://quickpost.test"}: where a spider finds its site instead of the declared origin.
HASILA_ORIGINS: dict[str, str] = {}

# The proxy that all requests go through; how the demo newsroom stands in for the web.
HASILA_PROXY: str | None = None

# Hosts that are talked to whatever their address is; all others must be public. For tests and intranets.
HASILA_PRIVATE_HOSTS: list[str] = []

# Where the pages are kept as they came, in WARC files: a folder, relative to that of the database. "" keeps none.
HASILA_ARCHIVE = os.environ.get("HASILA_ARCHIVE", "archive")
HASILA_ARCHIVE_FILE_SIZE = LONGEST_FILE
# Whether the pages of a site are kept there: for the `custom_settings` of a spider.
HASILA_KEEP_PAGES = True

# Seconds after an article was stored when it is looked at again for edits.
HASILA_REVISITS = [int(delay.total_seconds()) for delay in SCHEDULE]

# Articles and listings dated earlier (YYYY-MM-DD) are left alone, those after are looked for to the end.
HASILA_SINCE: str | None = None

# Sites whose articles are fetched by a browser, by name (needs the extra `hasila[browser]`), and by which.
HASILA_BROWSER: list[str] = []
HASILA_BROWSER_HANDLER = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"

# An article below this score is not about the reform and is not stored; the lexicon of the topic sets it.
RELEVANCE_THRESHOLD = threshold()

# --- Politeness -----------------------------------------------------------------------------------------------------

USER_AGENT = user_agent(HASILA_CONTACT)
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "Hasila"

CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOADER = "crawler.politeness.StrictDownloader"
DOWNLOAD_DELAY = 1.5
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 3.0
AUTOTHROTTLE_MAX_DELAY = 120.0
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0

# A site gets at most so many requests a day (UTC), robots.txt and retries included; 0 for any number.
HASILA_DAILY_REQUESTS = 5000
# A host that asks to be left alone (Retry-After) is waited for so many seconds; for longer, the run goes on without it.
HASILA_LONGEST_WAIT = 60.0

COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
    # The codings that all readers of archives know; warcio 1.8 stumbles over br.
    "Accept-Encoding": "gzip, deflate",
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
# A redirect must not be able to read files or talk to anything but a web server, and to a public one.
DOWNLOAD_HANDLERS = {
    "http": "crawler.connection.PoliteHandler",
    "https": "crawler.connection.PoliteHandler",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}
TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"

# --- The machinery --------------------------------------------------------------------------------------------------

SCHEDULER = "crawler.scheduling.FrontierScheduler"
# A page is one item; Scrapy keeps so many workers ready for each answer.
CONCURRENT_ITEMS = 1
# Bytes of pages that may wait to be read before no more are fetched.
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 512 * 1024
TWISTED_REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
DOWNLOADER_MIDDLEWARES = {
    "crawler.connection.AdmissionMiddleware": 40,  # before Scrapy's OffsiteMiddleware
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.politeness.RobotsMiddleware": 100,
    "crawler.politeness.ProxyMiddleware": 740,  # before Scrapy's HttpProxyMiddleware, which fills it in
    # Of no use here: passwords are not sent, and the bytes of every request need no counting.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
# What follows links from page to page needs these; here the frontier knows what is next.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
EXTENSIONS = {
    "crawler.clock.MonotonicTimers": 0,
    "crawler.logs.CleanLogs": 0,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.politeness.Throttle": 0,
}
ITEM_PIPELINES = {"crawler.pipeline.StorePipeline": 300}
LOG_LEVEL = "INFO"
