CREATE VIEW site_coverage AS
-- Which months of each site are in the database, and how densely? One row a site and month of publication; the month is
-- null for articles without a date. A month that is missing between two others is a gap.
SELECT site, nullif(month, '') AS month, articles, days, first_published, last_published
FROM coverage
