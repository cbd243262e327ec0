CREATE VIEW indicator_series AS
-- How did an indicator develop? One row a figure, date and cluster: a communiqué is one source, however many outlets print it.
-- Only what the texts state as so: no goals, no denied figures, no sizes of a change (`increase`, `decrease`).
-- `date` is the last day that the text says the figure holds for, else the day on which its cluster was published first
-- (`date_basis`). A level that something rose or fell *from* is older than its article: without a date in the text it is
-- left out. The wording (qualifier, change, sentence), article and revision are those of the article published first.
SELECT
  p.indicator,
  p.date,
  p.date_basis,
  p.value,
  p.value_high,
  p.unit,
  p.per,
  c.qualifier,
  c.change,
  c.modality,
  c.when_start,
  c.when_relation,
  p.cluster,
  p.outlets,
  p.articles,
  p.first_published,
  p.last_published,
  p.first_seen,
  p.last_seen,
  c.source,
  p.sentence,
  a.title,
  a.site,
  a.url,
  c.id AS claim,
  r.id AS revision,
  a.id AS article
FROM points AS p
JOIN claims AS c ON c.id = p.claim
JOIN revisions AS r ON r.id = c.revision
JOIN articles AS a ON a.id = r.article
