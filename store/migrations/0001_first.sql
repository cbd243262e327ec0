-- The first schema. A migration is history: it is never edited, a later one changes what it made.
-- Moments are UTC text `YYYY-MM-DDTHH:MM:SSZ`, days are `YYYY-MM-DD`; both sort as text.
-- Their CHECKs add `+0 days` because SQLite gives back 30 February as it came unless it has to compute.

CREATE TABLE runs
-- One row a command that wrote to the database: what ran, how it ended, what it counted.
(
  -- Number of the run.
  id INTEGER PRIMARY KEY,
  -- The command, without the program's name (`crawl`, `extract`).
  command TEXT NOT NULL CHECK (command <> ''),
  -- JSON array of the names of the sites it was about; empty where it was about files.
  sites TEXT NOT NULL CHECK (json_valid(sites) AND json_type(sites) = 'array'),
  -- Version of the program.
  program TEXT NOT NULL,
  -- Version of the rules that read the claims.
  ruleset TEXT NOT NULL,
  -- When it started, UTC.
  started_at TEXT NOT NULL CHECK (started_at IS strftime('%Y-%m-%dT%H:%M:%SZ', started_at, '+0 days')),
  -- When it ended, UTC; null while it runs.
  ended_at TEXT CHECK (ended_at IS strftime('%Y-%m-%dT%H:%M:%SZ', ended_at, '+0 days')),
  -- `running`, `done`, `interrupted` (stopped from outside), `failed`, `degraded` (a site fell below its health floor).
  state TEXT NOT NULL DEFAULT 'running' CHECK (state IN ('running', 'done', 'interrupted', 'failed', 'degraded')),
  -- JSON object of what the run counted, name to number.
  counters TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(counters) AND json_type(counters) = 'object'),
  CONSTRAINT only_a_running_run_has_no_end CHECK ((state = 'running') = (ended_at IS NULL))
) STRICT;

CREATE TABLE indicators
-- The catalogue of named series that analysts follow; loaded from the rules, never deleted from.
(
  -- Name of the series, programme and measure (`asd.households`).
  slug TEXT PRIMARY KEY CHECK (slug <> ''),
  -- Arabic label.
  label_ar TEXT NOT NULL,
  -- French label.
  label_fr TEXT NOT NULL,
  -- English label.
  label_en TEXT NOT NULL,
  -- Unit of the series (`person`, `household`, `MAD`, `percent`).
  unit TEXT NOT NULL
) STRICT;

CREATE TABLE articles
-- One row an article, whatever the number of URLs and readings; what is said about it is as of its latest revision.
(
  -- Number of the article.
  id INTEGER PRIMARY KEY,
  -- What identifies it: the canonical URL, or for a text without a URL `text:sha256-` and the digest of the text.
  canonical TEXT NOT NULL UNIQUE CHECK (canonical <> ''),
  -- Where it was fetched; empty for a text without a URL.
  url TEXT NOT NULL,
  -- The host without `www.`; empty for a text without a URL.
  site TEXT NOT NULL,
  -- Headline, without the site's name.
  title TEXT NOT NULL,
  -- Author as printed.
  author TEXT,
  -- Section of the site as printed.
  section TEXT,
  -- For a reprint, the newspaper that the aggregator names.
  source_name TEXT,
  -- Primary language tag of the page (`ar`).
  language TEXT,
  -- When it was published, UTC; midnight in Morocco where only the day is known.
  published_at TEXT CHECK (published_at IS strftime('%Y-%m-%dT%H:%M:%SZ', published_at, '+0 days')),
  -- The day of publication in Morocco: a midnight there is the day before in UTC.
  published_on TEXT CHECK (published_on IS date(published_on, '+0 days')),
  -- The date as the page prints it.
  published_raw TEXT,
  -- When the page says it was last edited, UTC.
  modified_at TEXT CHECK (modified_at IS strftime('%Y-%m-%dT%H:%M:%SZ', modified_at, '+0 days')),
  -- How much it is about the reform: the score of the relevance lexicon.
  relevance REAL NOT NULL,
  -- When it was read first, UTC.
  first_seen TEXT NOT NULL CHECK (first_seen IS strftime('%Y-%m-%dT%H:%M:%SZ', first_seen, '+0 days')),
  -- When it was last read with something new in it, UTC; reading it again unchanged writes nothing.
  last_seen TEXT NOT NULL CHECK (last_seen IS strftime('%Y-%m-%dT%H:%M:%SZ', last_seen, '+0 days')),
  -- The revision read last, which the views show.
  latest INTEGER UNIQUE REFERENCES revisions (id) DEFERRABLE INITIALLY DEFERRED,
  CONSTRAINT a_publication_has_a_moment_and_a_day CHECK ((published_at IS NULL) = (published_on IS NULL))
) STRICT;

CREATE TABLE pages
-- Every URL known: the frontier of the crawl, and the memory of what became of each page.
(
  -- Number of the page.
  id INTEGER PRIMARY KEY,
  -- The absolute URL as it was found.
  url TEXT NOT NULL UNIQUE CHECK (url <> ''),
  -- Name of the site as the crawl calls it (`quickpost`); `articles.site` is the host.
  site TEXT NOT NULL CHECK (site <> ''),
  -- How it was found first (`rss`, `sitemap`, `listing`).
  found_by TEXT NOT NULL CHECK (found_by <> ''),
  -- `pending` (to be fetched), `done`, `gone` (404, 410), `failed` (given up), `not_article`.
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'gone', 'failed', 'not_article')),
  -- What a page is that is no article; null in every other state.
  kind TEXT CHECK (kind IN ('listing', 'gallery', 'challenge', 'login_wall', 'cookie_wall', 'soft_404', 'empty', 'not_text', 'hostile')),
  -- Why it is in its state, in one line.
  reason TEXT,
  -- Failed tries in a row; 0 after an answer.
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
  -- Not to be fetched before, UTC; null for at once.
  next_try_at TEXT CHECK (next_try_at IS strftime('%Y-%m-%dT%H:%M:%SZ', next_try_at, '+0 days')),
  -- ETag of the last answer, for a conditional request.
  etag TEXT,
  -- Last-Modified of the last answer, as sent.
  last_modified TEXT,
  -- Hash of the payload of the last answer, made by the crawler.
  content_hash TEXT,
  -- When the URL was found, UTC.
  discovered_at TEXT NOT NULL CHECK (discovered_at IS strftime('%Y-%m-%dT%H:%M:%SZ', discovered_at, '+0 days')),
  -- When the answer that put it in its state came, UTC; the same answer again writes nothing.
  fetched_at TEXT CHECK (fetched_at IS strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+0 days')),
  -- The article that the page holds.
  article INTEGER REFERENCES articles (id),
  -- Archive (WARC) file that holds the page as it came, relative to the archive's folder.
  archive_file TEXT CHECK (archive_file <> ''),
  -- Byte offset of its record in that file.
  archive_offset INTEGER CHECK (archive_offset >= 0),
  -- Length of its record in bytes.
  archive_length INTEGER CHECK (archive_length > 0),
  CONSTRAINT only_a_page_that_is_no_article_has_a_kind CHECK ((state = 'not_article') = (kind IS NOT NULL)),
  CONSTRAINT only_a_pending_page_has_a_next_try CHECK (state = 'pending' OR next_try_at IS NULL),
  CONSTRAINT an_archive_pointer_is_whole CHECK (
    (archive_file IS NULL) = (archive_offset IS NULL) AND (archive_file IS NULL) = (archive_length IS NULL)
  )
) STRICT;

CREATE TABLE revisions
-- The texts of an article: one row a text, never changed, each with claims of its own.
(
  -- Number of the revision in the database.
  id INTEGER PRIMARY KEY,
  -- The article.
  article INTEGER NOT NULL REFERENCES articles (id),
  -- 1 for the first text stored, and so on.
  number INTEGER NOT NULL CHECK (number >= 1),
  -- Headline when this text was read first.
  title TEXT NOT NULL,
  -- The text: paragraphs joined by one newline. Claim offsets are code points into it.
  body TEXT NOT NULL CHECK (instr(body, char(0)) = 0),
  -- SHA-256 of the text in UTF-8, 64 hexadecimal digits.
  body_hash TEXT NOT NULL CHECK (length(body_hash) = 64 AND body_hash NOT GLOB '*[^0-9a-f]*'),
  -- How the text was found in the page.
  method TEXT NOT NULL CHECK (method IN ('site', 'theme', 'structured', 'stripper', 'text_dump')),
  -- The theme that was recognised.
  theme TEXT,
  -- When the page was fetched, or the file read, UTC.
  read_at TEXT NOT NULL CHECK (read_at IS strftime('%Y-%m-%dT%H:%M:%SZ', read_at, '+0 days')),
  -- Version of the rules that its claims are from.
  ruleset TEXT NOT NULL CHECK (ruleset <> ''),
  -- The page it was read from.
  page INTEGER REFERENCES pages (id),
  -- The run that stored it.
  run INTEGER REFERENCES runs (id),
  UNIQUE (article, number)
) STRICT;

CREATE TABLE claims
-- What the texts say: one row a quantity or date expression. `substr(body, start + 1, "end" - start) = text` holds for all.
(
  -- Number of the claim.
  id INTEGER PRIMARY KEY,
  -- The text that says it.
  revision INTEGER NOT NULL REFERENCES revisions (id),
  -- First code point of the expression in the text, from 0.
  start INTEGER NOT NULL CHECK (start >= 0),
  -- One past its last code point. A word of SQL: write it in double quotes.
  "end" INTEGER NOT NULL,
  -- The expression as written.
  text TEXT NOT NULL,
  -- `count`, `money`, `percent`, `duration`, `age`, `measure` or `date`.
  kind TEXT NOT NULL CHECK (kind IN ('count', 'money', 'percent', 'duration', 'age', 'measure', 'date')),
  -- The number, scale applied; the low end of a range; money in major units. Null for dates.
  value REAL CHECK (value > -9e999 AND value < 9e999),
  -- The high end of a range.
  value_high REAL CHECK (value_high > -9e999 AND value_high < 9e999),
  -- What is counted or measured (`person`, `MAD`, `percent`, `year`); null where the noun is unknown.
  unit TEXT,
  -- `exact`, `approx`, `more_than`, `at_least`, `less_than`, `at_most` or `range`. Null for dates.
  qualifier TEXT CHECK (qualifier IN ('exact', 'approx', 'more_than', 'at_least', 'less_than', 'at_most', 'range')),
  -- `from` and `to` are the levels of a change, `increase` and `decrease` its size.
  change TEXT CHECK (change IN ('from', 'to', 'increase', 'decrease')),
  -- What the quantity is a rate per (`month`, `household`).
  per TEXT,
  -- `actual`, `planned` (a goal, a forecast) or `negated`. Null for dates.
  modality TEXT CHECK (modality IN ('actual', 'planned', 'negated')),
  -- First day, inclusive, of what it holds for; of a date, its first day.
  when_start TEXT CHECK (when_start IS date(when_start, '+0 days')),
  -- Last day, inclusive.
  when_end TEXT CHECK (when_end IS date(when_end, '+0 days')),
  -- `on`, `during`, `as_of`, `since`, `by` or `between`.
  when_relation TEXT CHECK (when_relation IN ('on', 'during', 'as_of', 'since', 'by', 'between')),
  -- Of a date: `day`, `month`, `quarter`, `half`, `year` or `span`.
  precision TEXT CHECK (precision IN ('day', 'month', 'quarter', 'half', 'year', 'span')),
  -- The series that it is a figure of.
  indicator TEXT REFERENCES indicators (slug),
  -- Who the text says the figure is from, as written.
  source TEXT,
  -- JSON array of the ids of the rules and lexicon entries that made the claim, in the order in which they fired.
  rules TEXT NOT NULL CHECK (json_valid(rules) AND json_type(rules) = 'array'),
  -- First code point of the sentence that holds it (of the paragraph where sentences are unknown).
  sentence_start INTEGER NOT NULL,
  -- One past the sentence's last code point.
  sentence_end INTEGER NOT NULL,
  CONSTRAINT a_span_has_the_length_of_its_text CHECK ("end" > start AND length(text) = "end" - start),
  CONSTRAINT a_sentence_holds_its_claim CHECK (0 <= sentence_start AND sentence_start <= start AND "end" <= sentence_end),
  CONSTRAINT days_are_in_order CHECK (when_start <= when_end),
  CONSTRAINT a_quantity_has_a_value CHECK (
    kind = 'date' OR (value IS NOT NULL AND qualifier IS NOT NULL AND modality IS NOT NULL AND precision IS NULL)
  ),
  CONSTRAINT a_range_has_two_ends CHECK ((qualifier IS 'range') = (value_high IS NOT NULL)),
  CONSTRAINT a_date_is_no_quantity CHECK (
    kind <> 'date' OR coalesce(value, value_high, unit, qualifier, change, per, modality, indicator, source) IS NULL
  ),
  UNIQUE (revision, start, "end", kind)
) STRICT;

CREATE TABLE issues
-- Everything that a run found odd: a page without a date, a broken record, a site below its floor.
(
  -- Number of the issue.
  id INTEGER PRIMARY KEY,
  -- The run that found it.
  run INTEGER REFERENCES runs (id),
  -- Name of the site as the crawl calls it.
  site TEXT,
  -- The URL or path that it is about.
  url TEXT,
  -- What sort of thing it is, in lower case with underscores (`no_date`).
  kind TEXT NOT NULL CHECK (kind <> '' AND kind NOT GLOB '*[^a-z0-9_]*'),
  -- What was seen, in one line.
  message TEXT NOT NULL CHECK (message <> '' AND instr(message, char(10)) = 0 AND instr(message, char(13)) = 0),
  -- When, UTC.
  at TEXT NOT NULL CHECK (at IS strftime('%Y-%m-%dT%H:%M:%SZ', at, '+0 days'))
) STRICT;

CREATE INDEX pages_due ON pages (site, next_try_at) WHERE state = 'pending';
CREATE INDEX pages_by_state_of_site ON pages (site, state);
CREATE INDEX pages_of_article ON pages (article) WHERE article IS NOT NULL;
CREATE INDEX articles_of_site ON articles (site, published_on);
CREATE INDEX revisions_with_body ON revisions (article, body_hash);
CREATE INDEX revisions_of_page ON revisions (page) WHERE page IS NOT NULL;
CREATE INDEX revisions_of_run ON revisions (run) WHERE run IS NOT NULL;
CREATE INDEX claims_of_indicator ON claims (indicator, modality, change) WHERE indicator IS NOT NULL;
CREATE INDEX claims_of_kind ON claims (kind, value);
CREATE INDEX issues_of_run ON issues (run) WHERE run IS NOT NULL;

CREATE TRIGGER a_claim_is_in_its_text BEFORE INSERT ON claims
WHEN NOT EXISTS (
  SELECT 1 FROM revisions
  WHERE id = NEW.revision
    AND substr(body, NEW.start + 1, NEW."end" - NEW.start) = NEW.text
    AND NEW.sentence_end <= length(body)
)
BEGIN
  SELECT raise(ABORT, 'the text of a claim is not what the body holds at its offsets');
END;

CREATE TRIGGER a_claim_stays_in_its_text BEFORE UPDATE OF revision, start, "end", text, sentence_start, sentence_end ON claims
BEGIN
  SELECT raise(ABORT, 'a claim does not move: delete it and insert another');
END;

CREATE TRIGGER a_text_is_never_changed BEFORE UPDATE OF article, number, body, body_hash ON revisions
BEGIN
  SELECT raise(ABORT, 'the text of a revision is never changed: insert another revision');
END;
