CREATE VIEW claims_history AS
-- Which figures did an edit change? One row a figure that a later text of an article says otherwise than the one before it:
-- `raised` (a greater number), `corrected` (a smaller one, or another unit, qualifier or date), `removed` or `added`.
SELECT
  h.change,
  coalesce(e.indicator, c.indicator) AS indicator,
  coalesce(e.kind, c.kind) AS kind,
  c.value AS value_before,
  e.value AS value_after,
  c.unit AS unit_before,
  e.unit AS unit_after,
  c.text AS text_before,
  e.text AS text_after,
  substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence_before,
  substr(s.body, e.sentence_start + 1, e.sentence_end - e.sentence_start) AS sentence_after,
  r.read_at AS read_before,
  h.at AS read_after,
  r.number AS revision_before,
  s.number AS revision_after,
  a.title,
  a.site,
  a.url,
  a.published_on,
  h.before AS claim_before,
  h.after AS claim_after,
  a.id AS article
FROM changes AS h
JOIN articles AS a ON a.id = h.article
JOIN revisions AS r ON r.id = h.earlier
JOIN revisions AS s ON s.id = h.later
LEFT JOIN claims AS c ON c.id = h.before
LEFT JOIN claims AS e ON e.id = h.after
