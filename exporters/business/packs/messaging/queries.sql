-- name: emails
WITH counts AS (
  SELECT template, CASE WHEN bounced_at IS NOT NULL THEN bounce END AS bounce, count(*) AS n,
         count(sent_at) AS sent, count(delivered_at) AS delivered, count(complained_at) AS complaints,
         sum(CASE WHEN sent_at IS NULL AND bounced_at IS NULL THEN 1 ELSE 0 END) AS queued,
         min(CASE WHEN sent_at IS NULL AND bounced_at IS NULL THEN queued_at END) AS oldest, max(queued_at) AS newest
  FROM {schema}kpi_email_logs GROUP BY 1, 2
)
SELECT template, '' AS bounce, CAST(sum(sent) AS BIGINT) AS sent, CAST(sum(delivered) AS BIGINT) AS delivered,
       CAST(sum(complaints) AS BIGINT) AS complaints, CAST(NULL AS BIGINT) AS bounced, CAST(NULL AS BIGINT) AS queued,
       CAST(NULL AS BIGINT) AS oldest, max(newest) AS newest
FROM counts GROUP BY template
UNION ALL
SELECT template, bounce, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), n, CAST(NULL AS BIGINT),
       CAST(NULL AS BIGINT), newest
FROM counts WHERE bounce IS NOT NULL
UNION ALL
SELECT '', '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
       CAST(coalesce(sum(queued), 0) AS BIGINT), min(oldest), max(newest)
FROM counts

-- name: email_delivery
SELECT template, upper, count(*) AS n, CAST(sum(value) AS BIGINT) AS total
FROM (SELECT template, value,
             CASE WHEN value <= 1 THEN 1 WHEN value <= 5 THEN 5 WHEN value <= 10 THEN 10
                  WHEN value <= 30 THEN 30 WHEN value <= 60 THEN 60 WHEN value <= 300 THEN 300
                  WHEN value <= 900 THEN 900 WHEN value <= 3600 THEN 3600 WHEN value <= 14400 THEN 14400
                  WHEN value <= 86400 THEN 86400 ELSE 86401 END AS upper
      FROM (SELECT template, delivered_at - queued_at AS value
            FROM {schema}kpi_email_logs WHERE delivered_at IS NOT NULL) observed) binned
GROUP BY template, upper

-- name: webhooks
SELECT endpoint, CAST(sum(CASE WHEN state = 'exhausted' THEN 1 ELSE 0 END) AS BIGINT) AS exhausted,
       CAST(sum(CASE WHEN state = 'pending' THEN 1 ELSE 0 END) AS BIGINT) AS pending,
       min(CASE WHEN state = 'pending' THEN created_at END) AS oldest
FROM {schema}kpi_webhooks GROUP BY endpoint

-- name: webhook_attempts
WITH counts AS (
  SELECT endpoint, reason, count(*) AS n, max(attempted_at) AS newest
  FROM {schema}kpi_webhook_logs GROUP BY endpoint, reason
)
SELECT endpoint, '' AS reason, CAST(sum(n) AS BIGINT) AS attempts, CAST(NULL AS BIGINT) AS failures,
       max(newest) AS newest
FROM counts GROUP BY endpoint
UNION ALL
SELECT endpoint, reason, CAST(NULL AS BIGINT), n, newest FROM counts WHERE reason <> ''

-- name: webhook_durations
SELECT endpoint, upper, count(*) AS n, CAST(sum(value) AS DOUBLE PRECISION) / 1000 AS total
FROM (SELECT endpoint, value,
             CASE WHEN value <= 50 THEN 0.05 WHEN value <= 100 THEN 0.1 WHEN value <= 250 THEN 0.25
                  WHEN value <= 500 THEN 0.5 WHEN value <= 1000 THEN 1 WHEN value <= 2500 THEN 2.5
                  WHEN value <= 5000 THEN 5 WHEN value <= 10000 THEN 10 WHEN value <= 30000 THEN 30
                  ELSE 31 END AS upper
      FROM (SELECT endpoint, duration_ms AS value
            FROM {schema}kpi_webhook_logs) observed) binned
GROUP BY endpoint, upper

-- name: report_emails
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.template AS template,
       count(*) AS value
FROM periods p JOIN {schema}kpi_email_logs v ON v.sent_at >= p.begins AND v.sent_at < p.ends
GROUP BY p.label, v.template

-- name: report_emails_bounced
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.template AS template,
       CAST(count(v.bounced_at) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_email_logs v ON v.sent_at >= p.begins AND v.sent_at < p.ends
GROUP BY p.label, v.template

-- name: report_emails_delivered
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.template AS template,
       CAST(count(v.delivered_at) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_email_logs v ON v.sent_at >= p.begins AND v.sent_at < p.ends
GROUP BY p.label, v.template

-- name: report_webhook_attempts
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.endpoint AS endpoint,
       count(*) AS value
FROM periods p JOIN {schema}kpi_webhook_logs v ON v.attempted_at >= p.begins AND v.attempted_at < p.ends
GROUP BY p.label, v.endpoint

-- name: report_webhook_failures
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.endpoint AS endpoint,
       CAST(sum(CASE WHEN v.reason = '' THEN 0 ELSE 1 END) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_webhook_logs v ON v.attempted_at >= p.begins AND v.attempted_at < p.ends
GROUP BY p.label, v.endpoint
