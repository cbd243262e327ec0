-- What reading the archive anew has to know: which record each text is from, and which rules turned a page down.

CREATE TABLE records
-- Where the page stands in the archive that a text was read from: one row a revision whose page was kept.
(
  -- The text.
  revision INTEGER PRIMARY KEY REFERENCES revisions (id),
  -- Archive (WARC) file, relative to the archive's folder.
  archive_file TEXT NOT NULL CHECK (archive_file <> ''),
  -- Byte offset of the record in that file.
  archive_offset INTEGER NOT NULL CHECK (archive_offset >= 0),
  -- Length of the record in bytes.
  archive_length INTEGER NOT NULL CHECK (archive_length > 0),
  -- When the page was fetched, UTC; of several with the same text the last.
  fetched_at TEXT NOT NULL CHECK (fetched_at IS strftime('%Y-%m-%dT%H:%M:%SZ', fetched_at, '+0 days'))
) STRICT;
CREATE INDEX records_in_archive ON records (archive_file);

CREATE TABLE judgements
-- By which rules a page was judged last that holds no article of the reform; better ones may judge otherwise.
(
  -- The page.
  page INTEGER PRIMARY KEY REFERENCES pages (id),
  -- Version of the rules.
  ruleset TEXT NOT NULL CHECK (ruleset <> '')
) STRICT;

-- Which texts older rules have read, without reading the texts.
CREATE INDEX revisions_by_ruleset ON revisions (article, ruleset);

-- A page shows the text that was its article's latest when it was fetched.
INSERT OR REPLACE INTO records (revision, archive_file, archive_offset, archive_length, fetched_at)
SELECT revision, archive_file, archive_offset, archive_length, fetched_at FROM (
  SELECT p.*, (
    SELECT r.id FROM revisions AS r WHERE r.article = p.article AND r.read_at <= p.fetched_at
    ORDER BY r.read_at DESC, r.number DESC LIMIT 1
  ) AS revision
  FROM pages AS p WHERE p.state = 'done' AND p.article IS NOT NULL AND p.archive_file IS NOT NULL
)
WHERE revision IS NOT NULL
ORDER BY fetched_at;
