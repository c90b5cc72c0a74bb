-- name: jobs
WITH counts AS (
  SELECT kind, status, CASE WHEN status = 'failed' THEN reason ELSE '' END AS reason, count(*) AS n,
         sum(CASE WHEN status = 'completed' AND visits = 1 THEN 1 ELSE 0 END) AS first_visit,
         min(CASE WHEN status NOT IN ('completed', 'failed') THEN created_at END) AS oldest,
         max(created_at) AS newest
  FROM {schema}kpi_jobs GROUP BY 1, 2, 3
)
SELECT kind, '' AS status, '' AS reason, CAST(sum(n) AS BIGINT) AS created,
       CAST(sum(CASE WHEN status = 'completed' THEN n ELSE 0 END) AS BIGINT) AS completed,
       CAST(sum(first_visit) AS BIGINT) AS first_visit, min(oldest) AS oldest, CAST(NULL AS BIGINT) AS failed,
       CAST(NULL AS BIGINT) AS open, max(newest) AS newest
FROM counts GROUP BY kind
UNION ALL
SELECT kind, '', reason, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
       CAST(NULL AS BIGINT), n, CAST(NULL AS BIGINT), newest
FROM counts WHERE status = 'failed'
UNION ALL
SELECT kind, status, '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
       CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), n, newest
FROM counts WHERE status NOT IN ('completed', 'failed')

-- name: job_durations
SELECT kind, upper, count(*) AS n, CAST(sum(value) AS BIGINT) AS total
FROM (SELECT kind, value,
             CASE WHEN value <= 900 THEN 900 WHEN value <= 1800 THEN 1800 WHEN value <= 3600 THEN 3600
                  WHEN value <= 5400 THEN 5400 WHEN value <= 7200 THEN 7200
                  WHEN value <= 10800 THEN 10800 WHEN value <= 14400 THEN 14400
                  WHEN value <= 28800 THEN 28800 WHEN value <= 57600 THEN 57600 ELSE 57601 END AS upper
      FROM (SELECT kind, duration_seconds AS value
            FROM {schema}kpi_jobs WHERE status = 'completed') observed) binned
GROUP BY kind, upper

-- name: responses
SELECT kind, upper, count(*) AS n, CAST(sum(value) AS BIGINT) AS total
FROM (SELECT kind, value,
             CASE WHEN value <= 1800 THEN 1800 WHEN value <= 3600 THEN 3600 WHEN value <= 7200 THEN 7200
                  WHEN value <= 14400 THEN 14400 WHEN value <= 28800 THEN 28800
                  WHEN value <= 86400 THEN 86400 WHEN value <= 172800 THEN 172800
                  WHEN value <= 259200 THEN 259200 WHEN value <= 604800 THEN 604800 ELSE 604801 END AS upper
      FROM (SELECT kind, responded_at - created_at AS value
            FROM {schema}kpi_jobs WHERE responded_at IS NOT NULL) observed) binned
GROUP BY kind, upper

-- name: technicians
SELECT state, count(*) AS n FROM {schema}kpi_technicians GROUP BY state

-- name: technician_time
SELECT team, CAST(sum(available_seconds) AS BIGINT) AS available,
       CAST(sum(productive_seconds) AS BIGINT) AS productive
FROM {schema}kpi_technician_time GROUP BY team

-- name: report_jobs
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.created_at >= p.begins AND v.created_at < p.ends
GROUP BY p.label, v.kind

-- name: report_jobs_completed
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.closed_at >= p.begins AND v.closed_at < p.ends
WHERE v.status = 'completed'
GROUP BY p.label, v.kind

-- name: report_jobs_failed
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind, v.reason AS reason,
       count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.closed_at >= p.begins AND v.closed_at < p.ends
WHERE v.status = 'failed'
GROUP BY p.label, v.kind, v.reason

-- name: report_job_completion
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       CAST(sum(CASE WHEN v.status = 'completed' THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.closed_at >= p.begins AND v.closed_at < p.ends
WHERE v.status IN ('completed', 'failed')
GROUP BY p.label, v.kind

-- name: report_first_visit_fix
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       CAST(sum(CASE WHEN v.visits = 1 THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.closed_at >= p.begins AND v.closed_at < p.ends
WHERE v.status = 'completed'
GROUP BY p.label, v.kind

-- name: report_job_duration
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       CAST(sum(v.duration_seconds) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.closed_at >= p.begins AND v.closed_at < p.ends
WHERE v.status = 'completed'
GROUP BY p.label, v.kind

-- name: report_response_time
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.kind AS kind,
       CAST(sum(v.responded_at - v.created_at) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_jobs v ON v.responded_at >= p.begins AND v.responded_at < p.ends
GROUP BY p.label, v.kind

-- name: report_utilisation
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.team AS team,
       CAST(sum(v.productive_seconds) AS DOUBLE PRECISION) / sum(v.available_seconds) AS value
FROM periods p JOIN {schema}kpi_technician_time v ON v.begins_at >= p.begins AND v.begins_at < p.ends
GROUP BY p.label, v.team
HAVING sum(v.available_seconds) > 0
