-- What is derived from articles, revisions and claims, so that questions over all of them are answered at once: kept up
-- to date in the transaction that changes those, made anew after every migration, never written by hand.

DROP INDEX articles_of_site;
DROP INDEX revisions_of_run;
DROP INDEX pages_by_state_of_site;
CREATE INDEX articles_of_site ON articles (site, substr(published_on, 1, 7), published_on, last_seen);
CREATE INDEX articles_of_url ON articles (url);
CREATE INDEX revisions_of_run ON revisions (run, number) WHERE run IS NOT NULL;
CREATE INDEX revisions_after_the_first ON revisions (article) WHERE number > 1;
CREATE INDEX pages_by_state_of_site ON pages (site, state, kind, next_try_at);
CREATE INDEX claims_by_size ON claims (value) WHERE kind IN ('count', 'money') AND modality = 'actual';
DROP INDEX issues_of_run;
CREATE INDEX issues_of_run ON issues (run, kind) WHERE run IS NOT NULL;

CREATE TABLE clusters
-- Which articles are one text: one row an article. Reprints of a communiqué, shortened or under another lead, share a cluster.
(
  -- The article.
  article INTEGER PRIMARY KEY REFERENCES articles (id),
  -- Number of the cluster: that of its article stored first. An article without a reprint is a cluster of its own.
  cluster INTEGER NOT NULL REFERENCES articles (id)
) STRICT;
CREATE INDEX clusters_by_number ON clusters (cluster, article);

-- MinHash bands of every latest text, by which candidates for a reprint are found.
CREATE TABLE _bands (
  band INTEGER NOT NULL,
  article INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (band, article)
) STRICT, WITHOUT ROWID;

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
  -- The claim of the article published first, whose wording the series shows.
  claim INTEGER NOT NULL REFERENCES claims (id) ON DELETE CASCADE,
  -- Its sentence, here so that a series is shown without reading every text.
  sentence TEXT NOT NULL,
  CONSTRAINT a_point_without_a_date_says_so CHECK ((date IS NULL) = (date_basis = 'unknown')),
  CONSTRAINT a_figure_stands_for_itself CHECK (low <= value AND value <= high)
) STRICT;
CREATE INDEX points_of_indicator ON points (indicator, date, unit, per, low, high, cluster);
CREATE INDEX points_of_cluster ON points (cluster);
CREATE INDEX points_of_claim ON points (claim);

CREATE TABLE changes
-- What an edited text says otherwise than the one before it: one row a figure. Read `claims_history`.
(
  -- Number of the change; another one whenever the article is read anew.
  id INTEGER PRIMARY KEY,
  -- The edited article.
  article INTEGER NOT NULL REFERENCES articles (id),
  -- The revision before the edit.
  earlier INTEGER NOT NULL REFERENCES revisions (id),
  -- The revision after it.
  later INTEGER NOT NULL REFERENCES revisions (id),
  -- When the revision after it was read, UTC.
  at TEXT NOT NULL,
  -- `raised`: a greater number; `corrected`: a smaller one, or another unit, date or wording of it; `removed`; `added`.
  change TEXT NOT NULL CHECK (change IN ('raised', 'corrected', 'removed', 'added')),
  -- The claim before the edit; null for what was added.
  before INTEGER REFERENCES claims (id) ON DELETE CASCADE,
  -- The claim after it; null for what was removed.
  after INTEGER REFERENCES claims (id) ON DELETE CASCADE,
  CONSTRAINT only_what_was_added_has_no_before CHECK ((before IS NULL) = (change = 'added')),
  CONSTRAINT only_what_was_removed_has_no_after CHECK ((after IS NULL) = (change = 'removed'))
) STRICT;
CREATE INDEX changes_of_article ON changes (article);
CREATE INDEX changes_by_time ON changes (at);
CREATE INDEX changes_of_claim_before ON changes (before) WHERE before IS NOT NULL;
CREATE INDEX changes_of_claim_after ON changes (after) WHERE after IS NOT NULL;

CREATE TABLE tallies
-- How many claims the latest revisions make, by outlet and kind. Read `claims_by_outlet`, `claims_by_kind`, `articles_by_site`.
(
  -- The host, as `articles.site`.
  site TEXT NOT NULL,
  -- The newspaper: of a reprint the one that the aggregator names, else the site.
  outlet TEXT NOT NULL,
  -- The kind of claim, or `all`.
  kind TEXT NOT NULL CHECK (kind IN ('all', 'count', 'money', 'percent', 'duration', 'age', 'measure', 'date')),
  -- Number of claims.
  claims INTEGER NOT NULL CHECK (claims > 0),
  -- Of these, how many belong to an indicator.
  with_indicator INTEGER NOT NULL CHECK (with_indicator BETWEEN 0 AND claims),
  -- Number of articles that make them.
  articles INTEGER NOT NULL CHECK (articles BETWEEN 1 AND claims),
  PRIMARY KEY (site, outlet, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_tallies
-- How many claims the revisions hold that a run stored. Read `run_health`.
(
  -- The run.
  run INTEGER PRIMARY KEY REFERENCES runs (id),
  -- Number of claims.
  claims INTEGER NOT NULL CHECK (claims >= 0)
) STRICT;

CREATE TRIGGER a_run_counts_its_claims AFTER INSERT ON claims BEGIN
  INSERT INTO run_tallies (run, claims)
  SELECT run, 1 FROM revisions WHERE id = NEW.revision AND run IS NOT NULL
  ON CONFLICT (run) DO UPDATE SET claims = claims + 1;
END;

CREATE TRIGGER a_run_counts_out_its_claims AFTER DELETE ON claims BEGIN
  UPDATE run_tallies SET claims = claims - 1 WHERE run = (SELECT run FROM revisions WHERE id = OLD.revision);
END;

-- Words of title and text in the spellings that `store.arabic` gives them; row ids are those of the articles.
CREATE VIRTUAL TABLE _search USING fts5 (title, body, content = '', tokenize = 'unicode61 remove_diacritics 0');
