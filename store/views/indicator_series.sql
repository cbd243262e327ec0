CREATE VIEW indicator_series AS
-- How did an indicator develop? One row a figure, date and cluster: a communiqué is one source, however many outlets print it.
-- Only what the texts state as so: no goals, no denied figures, no sizes of a change (`increase`, `decrease`).
-- `date` is the last day that the text says the figure holds for, else the day on which its cluster was published first
-- (`date_basis`). A level that something rose or fell *from* is older than its article: without a date in the text it is
-- left out. The wording (qualifier, change, sentence), article and revision are those of the article published first.
SELECT
  indicator,
  date,
  date_basis,
  value,
  value_high,
  unit,
  per,
  qualifier,
  change,
  'actual' AS modality,
  when_start,
  when_relation,
  cluster,
  outlets,
  articles,
  first_published,
  last_published,
  first_seen,
  last_seen,
  source,
  sentence,
  title,
  site,
  url,
  claim,
  revision,
  article
FROM points
