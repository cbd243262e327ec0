CREATE VIEW claims_latest AS
-- What do the articles say now? The claims of the latest revision of every article, with sentence and source.
SELECT
  c.indicator,
  c.kind,
  c.value,
  c.value_high,
  c.unit,
  c.qualifier,
  c.change,
  c.per,
  c.modality,
  c.when_start,
  c.when_end,
  c.when_relation,
  c.precision,
  c.text,
  substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence,
  c.source,
  a.title,
  a.site,
  a.source_name,
  a.url,
  a.published_on,
  a.published_at,
  r.read_at,
  r.number AS revision_number,
  r.ruleset,
  c.rules,
  c.start,
  c."end",
  c.id AS claim,
  r.id AS revision,
  a.id AS article,
  (SELECT cluster FROM clusters AS k WHERE k.article = a.id) AS cluster
FROM claims AS c
JOIN revisions AS r ON r.id = c.revision
JOIN articles AS a ON a.latest = c.revision
