CREATE VIEW site_coverage AS
-- Which months of each site are in the database, and how densely? One row a site and month of publication; the month is
-- null for articles without a date. A month that is missing between two others is a gap.
SELECT
  site,
  substr(published_on, 1, 7) AS month,
  count(*) AS articles,
  count(DISTINCT published_on) AS days,
  min(published_on) AS first_published,
  max(published_on) AS last_published
FROM articles
GROUP BY site, substr(published_on, 1, 7)
