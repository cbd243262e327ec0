CREATE VIEW articles_by_site AS
-- What is in the database from each site? The site is the host; empty for texts without a URL.
SELECT
  site,
  sum(articles) AS articles,
  sum(revisions) AS revisions,
  coalesce((SELECT sum(claims) FROM tallies WHERE tallies.site = coverage.site AND kind = 'all'), 0) AS claims,
  min(first_published) AS first_published,
  max(last_published) AS last_published,
  max(last_seen) AS last_seen
FROM coverage
GROUP BY site
