-- What a crawl remembers between runs beside its pages: when to look again, what listings said, what servers asked for.

CREATE TABLE visits
-- The pages whose article is looked at again for edits; a page leaves when its schedule has come to an end.
(
  -- The page.
  page INTEGER PRIMARY KEY REFERENCES pages (id),
  -- Not to be looked at before, UTC.
  at TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at, '+0 days')),
  -- How often it was looked at again so far.
  looks INTEGER NOT NULL DEFAULT 0 CHECK (looks >= 0)
) STRICT;

CREATE TABLE listings
-- The feeds, sitemaps and pages that list articles, as they were when their site was last read to the end.
(
  -- The absolute URL.
  url TEXT PRIMARY KEY CHECK (url <> ''),
  -- Name of the site as the crawl calls it.
  site TEXT NOT NULL CHECK (site <> ''),
  -- ETag of the answer, for a conditional request.
  etag TEXT,
  -- Last-Modified of the answer, as sent.
  last_modified TEXT,
  -- Hash of the payload, made by the crawler.
  content_hash TEXT,
  -- How many articles it listed.
  articles INTEGER NOT NULL CHECK (articles >= 0),
  -- When it came, UTC.
  fetched_at TEXT NOT NULL CHECK (fetched_at IS strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+0 days'))
) STRICT;

CREATE TABLE holds
-- Hosts that asked to be left alone for a while (`Retry-After`).
(
  -- The host, as in URLs.
  host TEXT PRIMARY KEY CHECK (host <> ''),
  -- No request before, UTC.
  until TEXT NOT NULL CHECK (until IS strftime('%Y-%m-%dT%H:%M:%SZ', until, '+0 days')),
  -- What was answered, in one line.
  reason TEXT NOT NULL CHECK (reason <> '')
) STRICT;

CREATE TABLE requests
-- How many requests were sent to each site on each day; what the daily cap is held against.
(
  -- Name of the site as the crawl calls it.
  site TEXT NOT NULL CHECK (site <> ''),
  -- The day, UTC.
  day TEXT NOT NULL CHECK (day IS date(day, '+0 days')),
  -- Requests sent.
  sent INTEGER NOT NULL CHECK (sent >= 0),
  PRIMARY KEY (site, day)
) STRICT;

CREATE INDEX visits_due ON visits (at);
CREATE INDEX pages_in_archive ON pages (archive_file, archive_offset) WHERE archive_file IS NOT NULL;
