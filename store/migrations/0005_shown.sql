-- What questions over everything ask for, kept where they look for it: points with all that the series shows, and how
-- many articles there are of each site and month. Fewer indexes, so that less is written with every article.

-- The newest texts first: most questions want those, and the others need not be put in order then.
DROP INDEX claims_of_indicator;
CREATE INDEX claims_of_indicator ON claims (indicator, revision DESC) WHERE indicator IS NOT NULL;
DROP INDEX claims_of_kind;

DROP TABLE points;
CREATE TABLE points
-- The points of `indicator_series`: one row a figure, cluster and date. Read the view.
(
  -- Number of the point; another one whenever its cluster changes.
  id INTEGER PRIMARY KEY,
  -- The series.
  indicator TEXT NOT NULL REFERENCES indicators (slug),
  -- The last day that the text says the figure holds for, else the day on which the cluster was published first.
  date TEXT CHECK (date IS date(date, '+0 days')),
  -- What `date` is: `text`, `publication` or `unknown` (no date at all).
  date_basis TEXT NOT NULL CHECK (date_basis IN ('text', 'publication', 'unknown')),
  -- The number; the low end of a range.
  value REAL NOT NULL,
  -- The high end of a range.
  value_high REAL,
  -- Of a count the unit of the series, of money its own.
  unit TEXT NOT NULL,
  -- What the quantity is a rate per.
  per TEXT,
  -- The least number that the figure, as it is rounded and qualified, may stand for; see `conflicts`.
  low REAL NOT NULL,
  -- The greatest.
  high REAL NOT NULL,
  -- The cluster that prints it.
  cluster INTEGER NOT NULL REFERENCES articles (id),
  -- Number of its outlets that print it.
  outlets INTEGER NOT NULL CHECK (outlets >= 1),
  -- Number of its articles that print it.
  articles INTEGER NOT NULL CHECK (articles >= 1),
  -- First day of publication.
  first_published TEXT,
  -- Last day of publication.
  last_published TEXT,
  -- When it was read first, UTC.
  first_seen TEXT NOT NULL,
  -- When it was read last, UTC.
  last_seen TEXT NOT NULL,
  -- The claim of the article published first. What follows is of that claim, its text and its article, here so that a
  -- series is shown without looking for each of them.
  claim INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  -- How exact it is; see `claims`.
  qualifier TEXT NOT NULL,
  -- `from` or `to` for a level of a change.
  change TEXT,
  -- First day that it holds for.
  when_start TEXT,
  -- How it relates to its days; see `claims`.
  when_relation TEXT,
  -- Who the text says it is from.
  source TEXT,
  -- Its sentence.
  sentence TEXT NOT NULL,
  -- The text.
  revision INTEGER NOT NULL,
  -- The article.
  article INTEGER NOT NULL,
  -- Its headline.
  title TEXT NOT NULL,
  -- Its site.
  site TEXT NOT NULL,
  -- Where it was fetched.
  url TEXT NOT NULL,
  CONSTRAINT a_point_without_a_date_says_so CHECK ((date IS NULL) = (date_basis = 'unknown')),
  CONSTRAINT a_figure_stands_for_itself CHECK (low <= value AND value <= high)
) STRICT;
CREATE INDEX points_of_indicator ON points (indicator, date, unit, per, low, high, cluster);
CREATE INDEX points_of_cluster ON points (cluster);
CREATE INDEX points_of_claim ON points (claim);

CREATE TABLE coverage
-- How many articles there are of each site and month. Read `site_coverage`, `articles_by_site`.
(
  -- The host, as `articles.site`.
  site TEXT NOT NULL,
  -- Month of publication, `2025-09`; empty for articles without a date.
  month TEXT NOT NULL,
  -- Number of articles.
  articles INTEGER NOT NULL CHECK (articles > 0),
  -- Number of days on which they were published.
  days INTEGER NOT NULL CHECK (days BETWEEN 0 AND articles),
  -- Number of their texts.
  revisions INTEGER NOT NULL CHECK (revisions >= articles),
  -- First day of publication.
  first_published TEXT,
  -- Last day of publication.
  last_published TEXT,
  -- When one of them was last read with something new in it, UTC.
  last_seen TEXT NOT NULL,
  PRIMARY KEY (site, month)
) STRICT, WITHOUT ROWID;

-- The row of a run is made with its first text, so that a claim need not look whether there is one.
DROP TRIGGER a_run_counts_its_claims;
CREATE TRIGGER a_run_has_a_tally AFTER INSERT ON revisions WHEN NEW.run IS NOT NULL BEGIN
  INSERT OR IGNORE INTO run_tallies (run, claims) VALUES (NEW.run, 0);
END;
CREATE TRIGGER a_run_counts_its_claims AFTER INSERT ON claims BEGIN
  UPDATE run_tallies SET claims = claims + 1 WHERE run = (SELECT run FROM revisions WHERE id = NEW.revision);
END;
