CREATE VIEW claims_by_kind AS
-- How many claims of each kind do the latest revisions make, and how many belong to an indicator?
SELECT kind, sum(claims) AS claims, sum(with_indicator) AS with_indicator, sum(articles) AS articles
FROM tallies
WHERE kind <> 'all'
GROUP BY kind
