-- Pack "messaging": make these views over tables of yours; those here read the demo company's. Times are
-- Unix seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- Emails, a row each. One that was neither sent nor bounced is waiting.
CREATE VIEW kpi_email_logs AS
SELECT template,          -- TEXT
       queued_at,         -- BIGINT
       sent_at,           -- BIGINT: handed to the relay; NULL until then
       delivered_at,      -- BIGINT: confirmed; NULL until then
       bounced_at,        -- BIGINT, NULL unless it bounced
       bounce,            -- TEXT: hard, soft; '' unless it bounced
       complained_at      -- BIGINT: reported as spam; NULL otherwise
FROM demo_email_logs;

-- Webhooks, a row each event and endpoint.
CREATE VIEW kpi_webhooks AS
SELECT endpoint,          -- TEXT: a name, not an address
       state,             -- TEXT: pending, delivered, exhausted (given up)
       created_at         -- BIGINT
FROM demo_webhooks;

-- Attempts to deliver webhooks, a row each.
CREATE VIEW kpi_webhook_logs AS
SELECT endpoint,          -- TEXT: as in kpi_webhooks
       reason,            -- TEXT: why the attempt failed: timeout, http_5xx, ...; '' when it worked
       duration_ms,       -- BIGINT: milliseconds
       attempted_at       -- BIGINT
FROM demo_webhook_logs;
