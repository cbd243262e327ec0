-- The points of the clusters from :first to :last.
WITH printed AS (
  SELECT cluster, min(a.published_on) AS published_on
  FROM clusters AS k
  JOIN articles AS a ON a.id = k.article
  WHERE k.cluster BETWEEN :first AND :last
  GROUP BY cluster
),
grouped AS (
  SELECT
    c.indicator,
    coalesce(c.when_end, f.published_on) AS date,
    c.when_end IS NOT NULL AS dated,
    c.value,
    c.value_high,
    -- One outlet counts citizens, another those registered: the unit of a count is the series' own.
    CASE WHEN c.kind = 'count' THEN i.unit ELSE coalesce(c.unit, i.unit) END AS unit,
    c.per,
    k.cluster,
    count(DISTINCT coalesce(a.source_name, nullif(a.site, ''), a.canonical)) AS outlets,
    count(DISTINCT a.id) AS articles,
    min(a.published_on) AS first_published,
    max(a.published_on) AS last_published,
    min(r.read_at) AS first_seen,
    max(r.read_at) AS last_seen,
    -- Fixed widths: the least of these strings ends in the number of the claim that was published first.
    CAST(substr(min(coalesce(a.published_at, '9999-12-31T23:59:59Z') || r.read_at || printf('%019d', c.id)), -19) AS INTEGER) AS claim
  FROM printed AS f
  CROSS JOIN clusters AS k ON k.cluster = f.cluster
  CROSS JOIN articles AS a ON a.id = k.article
  CROSS JOIN revisions AS r ON r.id = a.latest
  CROSS JOIN claims AS c ON c.revision = a.latest
  JOIN indicators AS i ON i.slug = c.indicator
  WHERE c.modality = 'actual'
    AND (c.change IS NULL OR c.change = 'to' OR (c.change = 'from' AND c.when_end IS NOT NULL))
  GROUP BY k.cluster, 1, 2, 3, 4, 5, 6, 7
),
rounded AS (
  -- `step` is the place of the last digit that is not a zero: 4,000,000 may stand for 3,942,000.
  SELECT
    g.*,
    c.qualifier,
    c.change,
    c.when_start,
    c.when_relation,
    c.source,
    substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence,
    r.id AS revision,
    a.id AS article,
    a.title,
    a.site,
    a.url,
    CASE
      WHEN g.value = round(g.value / 1e9) * 1e9 THEN 1e9
      WHEN g.value = round(g.value / 1e8) * 1e8 THEN 1e8
      WHEN g.value = round(g.value / 1e7) * 1e7 THEN 1e7
      WHEN g.value = round(g.value / 1e6) * 1e6 THEN 1e6
      WHEN g.value = round(g.value / 1e5) * 1e5 THEN 1e5
      WHEN g.value = round(g.value / 1e4) * 1e4 THEN 1e4
      WHEN g.value = round(g.value / 1e3) * 1e3 THEN 1e3
      WHEN g.value = round(g.value / 1e2) * 1e2 THEN 1e2
      WHEN g.value = round(g.value / 1e1) * 1e1 THEN 1e1
      WHEN g.value = round(g.value) THEN 1.0
      WHEN g.value = round(g.value * 10) / 10 THEN 0.1
      ELSE 0.01
    END AS step
  FROM grouped AS g
  JOIN claims AS c ON c.id = g.claim
  JOIN revisions AS r ON r.id = c.revision
  JOIN articles AS a ON a.id = r.article
)
INSERT INTO points (
  indicator, date, date_basis, value, value_high, unit, per, low, high, cluster, outlets, articles,
  first_published, last_published, first_seen, last_seen, claim, qualifier, change, when_start, when_relation, source,
  sentence, revision, article, title, site, url
)
SELECT
  indicator,
  date,
  CASE WHEN dated THEN 'text' WHEN date IS NOT NULL THEN 'publication' ELSE 'unknown' END,
  value,
  value_high,
  unit,
  per,
  -- An exact figure is off by half a step at most, any other by a whole one to its side; and by a tenth at most.
  value - CASE
    WHEN qualifier = 'exact' THEN min(step / 2, abs(value) / 10)
    WHEN qualifier IN ('approx', 'less_than', 'at_most') THEN min(step, abs(value) / 10)
    ELSE 0
  END,
  CASE
    WHEN qualifier = 'range' THEN max(value, value_high)
    WHEN qualifier = 'exact' THEN value + min(step / 2, abs(value) / 10)
    WHEN qualifier IN ('approx', 'more_than', 'at_least') THEN value + min(step, abs(value) / 10)
    ELSE value
  END,
  cluster,
  outlets,
  articles,
  first_published,
  last_published,
  first_seen,
  last_seen,
  claim,
  qualifier,
  change,
  when_start,
  when_relation,
  source,
  sentence,
  revision,
  article,
  title,
  site,
  url
FROM rounded
