CREATE VIEW claims_by_outlet AS
-- What does each newspaper state, in the latest revisions? A reprint counts as the newspaper that the aggregator names.
-- Texts without a URL have no outlet. `articles` are those with a claim at least.
SELECT
  outlet,
  count(DISTINCT site) AS sites,
  sum(articles) FILTER (WHERE kind = 'all') AS articles,
  sum(claims) FILTER (WHERE kind = 'all') AS claims,
  sum(with_indicator) FILTER (WHERE kind = 'all') AS with_indicator,
  coalesce(sum(claims) FILTER (WHERE kind = 'count'), 0) AS counts,
  coalesce(sum(claims) FILTER (WHERE kind = 'money'), 0) AS amounts,
  coalesce(sum(claims) FILTER (WHERE kind = 'percent'), 0) AS percents,
  coalesce(sum(claims) FILTER (WHERE kind IN ('duration', 'age', 'measure')), 0) AS measures,
  coalesce(sum(claims) FILTER (WHERE kind = 'date'), 0) AS dates
FROM tallies
GROUP BY outlet
