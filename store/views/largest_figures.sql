CREATE VIEW largest_figures AS
-- Which figures are the largest? One row a number of things or of money that the texts state as so, however often it
-- is printed; title, sentence and date are those of the article published first. The thousand largest claims are looked at.
WITH figures AS (
  SELECT
    c.kind,
    c.value,
    c.value_high,
    c.unit,
    count(DISTINCT a.id) AS articles,
    -- Fixed widths: the least of these strings ends in the number of the claim that was published first.
    min(coalesce(a.published_at, '9999-12-31T23:59:59Z') || printf('%019d', c.id)) AS earliest
  FROM claims AS c
  JOIN articles AS a ON a.latest = c.revision
  WHERE c.kind IN ('count', 'money')
    AND c.modality = 'actual'
    AND c.value >= coalesce(
      (
        SELECT value FROM claims
        WHERE kind IN ('count', 'money') AND modality = 'actual'
        ORDER BY value DESC
        LIMIT 1 OFFSET 999
      ),
      -9e999
    )
  GROUP BY 1, 2, 3, 4
)
SELECT
  f.kind,
  f.value,
  f.value_high,
  f.unit,
  c.indicator,
  c.qualifier,
  c.change,
  c.text,
  c.when_start,
  c.when_end,
  f.articles,
  substr(r.body, c.sentence_start + 1, c.sentence_end - c.sentence_start) AS sentence,
  a.title,
  a.site,
  a.url,
  a.published_on,
  c.id AS claim,
  a.id AS article
FROM figures AS f
JOIN claims AS c ON c.id = CAST(substr(f.earliest, -19) AS INTEGER)
JOIN revisions AS r ON r.id = c.revision
JOIN articles AS a ON a.id = r.article
