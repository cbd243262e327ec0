CREATE VIEW claims_by_kind AS
-- How many claims of each kind do the latest revisions make, and how many belong to an indicator?
SELECT
  c.kind,
  count(*) AS claims,
  count(c.indicator) AS with_indicator,
  count(DISTINCT c.revision) AS articles
FROM claims AS c
JOIN articles AS a ON a.latest = c.revision
GROUP BY c.kind
