CREATE VIEW run_health AS
-- Did the runs go well? One row a run: how it ended, what it brought, what it found odd.
SELECT
  run.id AS run,
  run.command,
  run.sites,
  run.state,
  run.started_at,
  run.ended_at,
  CAST(strftime('%s', run.ended_at) AS INTEGER) - CAST(strftime('%s', run.started_at) AS INTEGER) AS seconds,
  (SELECT count(*) FROM revisions WHERE revisions.run = run.id AND number = 1) AS articles_new,
  (SELECT count(*) FROM revisions WHERE revisions.run = run.id AND number > 1) AS articles_revised,
  coalesce((SELECT claims FROM run_tallies WHERE run_tallies.run = run.id), 0) AS claims,
  (SELECT count(*) FROM issues WHERE issues.run = run.id) AS issues,
  (
    SELECT json_group_object(kind, n)
    FROM (SELECT kind, count(*) AS n FROM issues WHERE issues.run = run.id GROUP BY kind ORDER BY kind)
  ) AS issue_kinds,
  run.counters,
  run.program,
  run.ruleset
FROM runs AS run
