CREATE VIEW articles_by_site AS
-- What is in the database from each site? The site is the host; empty for texts without a URL.
SELECT
  a.site,
  count(*) AS articles,
  sum((SELECT count(*) FROM revisions WHERE revisions.article = a.id)) AS revisions,
  sum((SELECT count(*) FROM claims WHERE claims.revision = a.latest)) AS claims,
  min(a.published_on) AS first_published,
  max(a.published_on) AS last_published,
  max(a.last_seen) AS last_seen
FROM articles AS a
GROUP BY a.site
