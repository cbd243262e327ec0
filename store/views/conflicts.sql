CREATE VIEW conflicts AS
-- Where do sources contradict each other? One row an indicator and date with figures that differ by more than rounding and
-- qualifiers allow: `4 million` may stand for 3,942,000 and `more than 4 million` for 4.2 million. A figure may be off by a
-- tenth at most. Shown are the two that are farthest apart. Figures without any date are left out.
WITH disputed AS (
  SELECT
    indicator,
    date,
    unit,
    per,
    count(*) AS figures,
    min(high) AS lowest,
    max(low) AS highest
  FROM points
  WHERE date IS NOT NULL
  GROUP BY indicator, date, unit, per
  HAVING max(low) > min(high)
)
SELECT
  d.indicator,
  d.date,
  d.unit,
  d.per,
  d.figures,
  (
    SELECT count(DISTINCT cluster) FROM points
    WHERE indicator = d.indicator AND date = d.date AND unit = d.unit AND per IS d.per
  ) AS clusters,
  p.value AS low_value,
  q.value AS high_value,
  p.url AS low_url,
  q.url AS high_url,
  p.sentence AS low_sentence,
  q.sentence AS high_sentence,
  p.source AS low_source,
  q.source AS high_source,
  p.cluster AS low_cluster,
  q.cluster AS high_cluster,
  p.claim AS low_claim,
  q.claim AS high_claim
FROM disputed AS d
JOIN points AS p ON p.id = (
  SELECT min(id) FROM points
  WHERE indicator = d.indicator AND date = d.date AND unit = d.unit AND per IS d.per AND high = d.lowest
)
JOIN points AS q ON q.id = (
  SELECT min(id) FROM points
  WHERE indicator = d.indicator AND date = d.date AND unit = d.unit AND per IS d.per AND low = d.highest
)
