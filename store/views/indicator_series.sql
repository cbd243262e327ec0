CREATE VIEW indicator_series AS
-- How did an indicator develop? One row a figure and date, however many outlets print it.
-- Only what the texts state as so: no goals, no denied figures, no sizes of a change (`increase`, `decrease`).
-- `date` is the last day that the text says the figure holds for, else the day of publication (`date_basis`).
-- A level that something rose or fell *from* is older than its article: without a date in the text it is left out.
-- The wording (qualifier, change, sentence) is that of the article published first.
WITH points AS (
  SELECT
    c.indicator,
    coalesce(c.when_end, a.published_on) AS date,
    c.value,
    c.value_high,
    -- The unit of a count is the series' own: one outlet counts citizens, another those registered.
    CASE WHEN c.kind = 'count' THEN i.unit ELSE coalesce(c.unit, i.unit) END AS unit,
    c.per,
    count(DISTINCT coalesce(a.source_name, nullif(a.site, ''), a.canonical)) AS outlets,
    count(DISTINCT a.id) AS articles,
    min(a.published_on) AS first_published,
    max(a.published_on) AS last_published,
    min(r.read_at) AS first_seen,
    max(r.read_at) AS last_seen,
    -- Fixed widths: the least of these strings ends in the number of the claim that was published first.
    min(coalesce(a.published_at, '9999-12-31T23:59:59Z') || r.read_at || printf('%019d', c.id)) AS earliest
  FROM claims AS c
  JOIN articles AS a ON a.latest = c.revision
  JOIN revisions AS r ON r.id = c.revision
  JOIN indicators AS i ON i.slug = c.indicator
  WHERE c.indicator IS NOT NULL
    AND c.modality = 'actual'
    AND (c.change IS NULL OR c.change = 'to' OR (c.change = 'from' AND c.when_end IS NOT NULL))
  GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT
  p.indicator,
  p.date,
  CASE WHEN c.when_end IS NOT NULL THEN 'text' WHEN p.date IS NOT NULL THEN 'publication' ELSE 'unknown' END AS date_basis,
  p.value,
  p.value_high,
  p.unit,
  p.per,
  c.qualifier,
  c.change,
  c.modality,
  c.when_start,
  c.when_relation,
  p.outlets,
  p.articles,
  p.first_published,
  p.last_published,
  p.first_seen,
  p.last_seen,
  c.source,
  substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence,
  a.title,
  a.site,
  a.url,
  c.id AS claim,
  r.id AS revision,
  a.id AS article
FROM points AS p
JOIN claims AS c ON c.id = CAST(substr(p.earliest, -19) AS INTEGER)
JOIN revisions AS r ON r.id = c.revision
JOIN articles AS a ON a.id = r.article
