--: counter business_emails_sent_total
SELECT template, count(sent_at) AS value FROM kpi_email_logs GROUP BY template

--: counter business_emails_delivered_total
SELECT template, count(delivered_at) AS value FROM kpi_email_logs GROUP BY template

--: counter business_emails_bounced_total
SELECT template, bounce, count(*) AS value FROM kpi_email_logs WHERE bounced_at IS NOT NULL
GROUP BY template, bounce

--: counter business_email_complaints_total
SELECT template, count(complained_at) AS value FROM kpi_email_logs GROUP BY template

--: gauge business_emails_queued
SELECT count(CASE WHEN sent_at IS NULL AND bounced_at IS NULL THEN 1 END) AS value FROM kpi_email_logs

--: gauge business_oldest_queued_email_timestamp_seconds
SELECT min(queued_at) AS value FROM kpi_email_logs WHERE sent_at IS NULL AND bounced_at IS NULL

--: histogram business_email_delivery_seconds 1 5 10 30 60 300 900 3600 14400 86400
SELECT template, delivered_at - queued_at AS value FROM kpi_email_logs WHERE delivered_at IS NOT NULL

--: counter business_webhooks_exhausted_total
SELECT endpoint, count(CASE WHEN state = 'exhausted' THEN 1 END) AS value FROM kpi_webhooks GROUP BY endpoint

--: gauge business_webhooks_pending
SELECT endpoint, count(CASE WHEN state = 'pending' THEN 1 END) AS value FROM kpi_webhooks GROUP BY endpoint

--: gauge business_oldest_pending_webhook_timestamp_seconds
SELECT endpoint, min(created_at) AS value FROM kpi_webhooks WHERE state = 'pending' GROUP BY endpoint

--: counter business_webhook_deliveries_total
SELECT endpoint, count(*) AS value FROM kpi_webhook_logs GROUP BY endpoint

--: counter business_webhook_delivery_failures_total
SELECT endpoint, reason, count(*) AS value FROM kpi_webhook_logs WHERE reason <> '' GROUP BY endpoint, reason

--: histogram business_webhook_delivery_duration_seconds 0.05 0.1 0.25 0.5 1 2.5 5 10 30
SELECT endpoint, duration_ms / 1000.0 AS value FROM kpi_webhook_logs

--: watermark messaging_emails
SELECT max(queued_at) AS value FROM kpi_email_logs

--: watermark messaging_webhook_attempts
SELECT max(attempted_at) AS value FROM kpi_webhook_logs

--: report emails
SELECT template, count(*) AS value FROM kpi_email_logs
WHERE sent_at >= {begins} AND sent_at < {ends} GROUP BY template

--: report emails_bounced
SELECT template, 1.0 * count(bounced_at) / count(*) AS value FROM kpi_email_logs
WHERE sent_at >= {begins} AND sent_at < {ends} GROUP BY template

--: report emails_delivered
SELECT template, 1.0 * count(delivered_at) / count(*) AS value FROM kpi_email_logs
WHERE sent_at >= {begins} AND sent_at < {ends} GROUP BY template

--: report webhook_attempts
SELECT endpoint, count(*) AS value FROM kpi_webhook_logs
WHERE attempted_at >= {begins} AND attempted_at < {ends} GROUP BY endpoint

--: report webhook_failures
SELECT endpoint, 1.0 * count(CASE WHEN reason <> '' THEN 1 END) / count(*) AS value FROM kpi_webhook_logs
WHERE attempted_at >= {begins} AND attempted_at < {ends} GROUP BY endpoint
