CREATE VIEW pages_by_state AS
-- How far is the crawl of each site? The site is the crawl's name for it; `next_try_at` is the earliest moment of a retry.
SELECT site, state, kind, count(*) AS pages, min(next_try_at) AS next_try_at
FROM pages
GROUP BY site, state, kind
