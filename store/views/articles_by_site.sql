CREATE VIEW articles_by_site AS
-- What is in the database from each site? The site is the host; empty for texts without a URL.
WITH found AS (
  SELECT site, count(*) AS articles, min(published_on) AS first_published, max(published_on) AS last_published, max(last_seen) AS last_seen
  FROM articles
  GROUP BY site
),
edited AS (
  SELECT a.site, count(*) AS revisions
  FROM revisions AS r
  JOIN articles AS a ON a.id = r.article
  WHERE r.number > 1
  GROUP BY a.site
)
SELECT
  f.site,
  f.articles,
  f.articles + coalesce(e.revisions, 0) AS revisions,
  coalesce((SELECT sum(claims) FROM tallies AS t WHERE t.site = f.site AND t.kind = 'all'), 0) AS claims,
  f.first_published,
  f.last_published,
  f.last_seen
FROM found AS f
LEFT JOIN edited AS e ON e.site = f.site
