--: counter business_jobs_created_total
SELECT kind, count(*) AS value FROM kpi_jobs GROUP BY kind

--: counter business_jobs_completed_total
SELECT kind, count(CASE WHEN status = 'completed' THEN 1 END) AS value FROM kpi_jobs GROUP BY kind

--: counter business_jobs_failed_total
SELECT kind, reason, count(*) AS value FROM kpi_jobs WHERE status = 'failed' GROUP BY kind, reason

--: counter business_jobs_first_visit_resolved_total
SELECT kind, count(CASE WHEN status = 'completed' AND visits = 1 THEN 1 END) AS value FROM kpi_jobs GROUP BY kind

--: gauge business_jobs_open
SELECT kind, status, count(*) AS value FROM kpi_jobs WHERE status NOT IN ('completed', 'failed')
GROUP BY kind, status

--: gauge business_oldest_open_job_timestamp_seconds
SELECT kind, min(created_at) AS value FROM kpi_jobs WHERE status NOT IN ('completed', 'failed') GROUP BY kind

--: histogram business_job_duration_seconds 900 1800 3600 5400 7200 10800 14400 28800 57600
SELECT kind, duration_seconds AS value FROM kpi_jobs WHERE status = 'completed'

--: histogram business_job_response_seconds 1800 3600 7200 14400 28800 86400 172800 259200 604800
SELECT kind, responded_at - created_at AS value FROM kpi_jobs WHERE responded_at IS NOT NULL

--: gauge business_technicians
SELECT state, count(*) AS value FROM kpi_technicians GROUP BY state

--: counter business_technician_available_seconds_total
SELECT team, sum(available_seconds) AS value FROM kpi_technician_time GROUP BY team

--: counter business_technician_productive_seconds_total
SELECT team, sum(productive_seconds) AS value FROM kpi_technician_time GROUP BY team

--: watermark operations_jobs
SELECT max(created_at) AS value FROM kpi_jobs

--: report jobs
SELECT kind, count(*) AS value FROM kpi_jobs WHERE created_at >= {begins} AND created_at < {ends} GROUP BY kind

--: report jobs_completed
SELECT kind, count(*) AS value FROM kpi_jobs
WHERE status = 'completed' AND closed_at >= {begins} AND closed_at < {ends} GROUP BY kind

--: report jobs_failed
SELECT kind, reason, count(*) AS value FROM kpi_jobs
WHERE status = 'failed' AND closed_at >= {begins} AND closed_at < {ends} GROUP BY kind, reason

--: report job_completion
SELECT kind, 1.0 * count(CASE WHEN status = 'completed' THEN 1 END) / count(*) AS value FROM kpi_jobs
WHERE status IN ('completed', 'failed') AND closed_at >= {begins} AND closed_at < {ends} GROUP BY kind

--: report first_visit_fix
SELECT kind, 1.0 * count(CASE WHEN visits = 1 THEN 1 END) / count(*) AS value FROM kpi_jobs
WHERE status = 'completed' AND closed_at >= {begins} AND closed_at < {ends} GROUP BY kind

--: report job_duration
SELECT kind, 1.0 * sum(duration_seconds) / count(*) AS value FROM kpi_jobs
WHERE status = 'completed' AND closed_at >= {begins} AND closed_at < {ends} GROUP BY kind

--: report response_time
SELECT kind, 1.0 * sum(responded_at - created_at) / count(*) AS value FROM kpi_jobs
WHERE responded_at >= {begins} AND responded_at < {ends} GROUP BY kind

--: report utilisation
SELECT team, CASE WHEN sum(available_seconds) > 0
                  THEN 1.0 * sum(productive_seconds) / sum(available_seconds) END AS value
FROM kpi_technician_time WHERE begins_at >= {begins} AND begins_at < {ends} GROUP BY team
