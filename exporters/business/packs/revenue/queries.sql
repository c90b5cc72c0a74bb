-- name: booked
SELECT currency, line, CAST(sum(amount_minor) AS BIGINT) AS amount, max(booked_at) AS newest
FROM {schema}kpi_bookings GROUP BY currency, line

-- name: refunded
SELECT currency, line, CAST(sum(amount_minor) AS BIGINT) AS amount
FROM {schema}kpi_refunds GROUP BY currency, line

-- name: recurring
SELECT currency, plan,
       CAST(sum(CASE WHEN ended_at IS NULL OR ended_at > {now} THEN monthly_minor ELSE 0 END) AS BIGINT) AS amount
FROM {schema}kpi_recurring
-- The plus keeps SQLite from reading nearly all of the table by way of an index.
WHERE +started_at <= {now}
GROUP BY currency, plan

-- name: receivables
SELECT currency,
       CAST(sum(CASE WHEN late <= 0 THEN amount_minor ELSE 0 END) AS BIGINT) AS "not_due",
       CAST(sum(CASE WHEN late > 0 AND late <= 2592000 THEN amount_minor ELSE 0 END) AS BIGINT) AS "1_30",
       CAST(sum(CASE WHEN late > 2592000 AND late <= 5184000 THEN amount_minor ELSE 0 END) AS BIGINT) AS "31_60",
       CAST(sum(CASE WHEN late > 5184000 AND late <= 7776000 THEN amount_minor ELSE 0 END) AS BIGINT) AS "61_90",
       CAST(sum(CASE WHEN late > 7776000 THEN amount_minor ELSE 0 END) AS BIGINT) AS "over_90"
FROM (SELECT currency, CASE WHEN paid_at <= {now} THEN 0 ELSE amount_minor END AS amount_minor,
             {now} - due_at AS late
      FROM {schema}kpi_invoices) invoices
GROUP BY currency

-- name: payments
WITH counts AS (SELECT method, status, count(*) AS n FROM {schema}kpi_payments GROUP BY method, status)
SELECT method, '' AS reason, CAST(sum(n) AS BIGINT) AS attempted,
       CAST(sum(CASE WHEN status = 'succeeded' THEN n ELSE 0 END) AS BIGINT) AS completed,
       CAST(NULL AS BIGINT) AS failed
FROM counts GROUP BY method
UNION ALL
SELECT method, status, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), n
FROM counts WHERE status IN ('failed', 'abandoned')

-- name: orders
WITH counts AS (
  SELECT channel, status, CASE WHEN status = 'cancelled' THEN reason ELSE '' END AS reason, count(*) AS n,
         max(created_at) AS newest
  FROM {schema}kpi_orders GROUP BY 1, 2, 3
)
SELECT channel, '' AS status, '' AS reason, CAST(sum(n) AS BIGINT) AS created,
       CAST(sum(CASE WHEN status = 'completed' THEN n ELSE 0 END) AS BIGINT) AS completed,
       CAST(NULL AS BIGINT) AS cancelled, CAST(NULL AS BIGINT) AS open, max(newest) AS newest
FROM counts GROUP BY channel
UNION ALL
SELECT channel, '', reason, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), n, CAST(NULL AS BIGINT), newest
FROM counts WHERE status = 'cancelled'
UNION ALL
SELECT '', status, '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(sum(n) AS BIGINT),
       max(newest)
FROM counts WHERE status NOT IN ('completed', 'cancelled') GROUP BY status

-- name: order_values
SELECT currency, upper, count(*) AS n, CAST(sum(value) AS BIGINT) AS total
FROM (SELECT currency, value,
             CASE WHEN value <= 1000 THEN 1000 WHEN value <= 2500 THEN 2500 WHEN value <= 5000 THEN 5000
                  WHEN value <= 10000 THEN 10000 WHEN value <= 25000 THEN 25000
                  WHEN value <= 50000 THEN 50000 WHEN value <= 100000 THEN 100000
                  WHEN value <= 250000 THEN 250000 WHEN value <= 500000 THEN 500000
                  WHEN value <= 1000000 THEN 1000000 ELSE 1000001 END AS upper
      FROM (SELECT currency, amount_minor AS value
            FROM {schema}kpi_orders) observed) binned
GROUP BY currency, upper

-- name: fulfilment
SELECT channel, upper, count(*) AS n, CAST(sum(value) AS BIGINT) AS total
FROM (SELECT channel, value,
             CASE WHEN value <= 3600 THEN 3600 WHEN value <= 14400 THEN 14400
                  WHEN value <= 43200 THEN 43200 WHEN value <= 86400 THEN 86400
                  WHEN value <= 172800 THEN 172800 WHEN value <= 259200 THEN 259200
                  WHEN value <= 432000 THEN 432000 WHEN value <= 604800 THEN 604800
                  WHEN value <= 1209600 THEN 1209600 WHEN value <= 2592000 THEN 2592000 ELSE 2592001 END AS upper
      FROM (SELECT channel, completed_at - created_at AS value
            FROM {schema}kpi_orders WHERE status = 'completed' AND completed_at IS NOT NULL) observed) binned
GROUP BY channel, upper

-- name: report_revenue
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.currency AS currency, v.line AS line,
       CAST(sum(v.amount_minor) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_bookings v ON v.booked_at >= p.begins AND v.booked_at < p.ends
GROUP BY p.label, v.currency, v.line

-- name: report_refunds
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.currency AS currency, v.line AS line,
       CAST(sum(v.amount_minor) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_refunds v ON v.refunded_at >= p.begins AND v.refunded_at < p.ends
GROUP BY p.label, v.currency, v.line

-- name: report_net_revenue
WITH periods(label, begins, ends) AS (VALUES {periods}),
amounts AS (
  SELECT p.label AS period, b.currency AS currency, sum(b.amount_minor) AS amount
  FROM periods p JOIN {schema}kpi_bookings b ON b.booked_at >= p.begins AND b.booked_at < p.ends
  GROUP BY p.label, b.currency
  UNION ALL
  SELECT p.label, r.currency, -sum(r.amount_minor)
  FROM periods p JOIN {schema}kpi_refunds r ON r.refunded_at >= p.begins AND r.refunded_at < p.ends
  GROUP BY p.label, r.currency
)
SELECT period, currency, CAST(sum(amount) AS BIGINT) AS value FROM amounts GROUP BY period, currency

-- name: report_recurring_revenue
WITH periods(label, begins, ends) AS (VALUES {periods}),
spans AS (SELECT label, ends, coalesce(lag(ends) OVER (ORDER BY ends), -62135596800) AS since FROM periods),
changes AS (
  SELECT s.ends AS ends, b.currency AS currency, b.plan AS plan, sum(b.monthly_minor) AS amount
  FROM spans s JOIN {schema}kpi_recurring b ON b.started_at >= s.since AND b.started_at < s.ends
  GROUP BY s.ends, b.currency, b.plan
  UNION ALL
  SELECT s.ends, e.currency, e.plan, -sum(e.monthly_minor)
  FROM spans s JOIN {schema}kpi_recurring e ON e.ended_at >= s.since AND e.ended_at < s.ends
  GROUP BY s.ends, e.currency, e.plan
)
SELECT s.label AS period, c.currency AS currency, c.plan AS plan, CAST(sum(c.amount) AS BIGINT) AS value
FROM spans s JOIN changes c ON c.ends <= s.ends
GROUP BY s.label, c.currency, c.plan

-- name: report_payment_completion
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.method AS method,
       CAST(sum(CASE WHEN v.status = 'succeeded' THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_payments v ON v.created_at >= p.begins AND v.created_at < p.ends
WHERE v.status IN ('succeeded', 'failed', 'abandoned')
GROUP BY p.label, v.method

-- name: report_orders
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.channel AS channel,
       count(*) AS value
FROM periods p JOIN {schema}kpi_orders v ON v.created_at >= p.begins AND v.created_at < p.ends
GROUP BY p.label, v.channel

-- name: report_orders_completed
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.channel AS channel,
       count(*) AS value
FROM periods p JOIN {schema}kpi_orders v ON v.completed_at >= p.begins AND v.completed_at < p.ends
WHERE v.status = 'completed'
GROUP BY p.label, v.channel

-- name: report_orders_cancelled
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.channel AS channel, v.reason AS reason,
       count(*) AS value
FROM periods p JOIN {schema}kpi_orders v ON v.cancelled_at >= p.begins AND v.cancelled_at < p.ends
WHERE v.status = 'cancelled'
GROUP BY p.label, v.channel, v.reason

-- name: report_order_value
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.currency AS currency,
       CAST(sum(v.amount_minor) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_orders v ON v.created_at >= p.begins AND v.created_at < p.ends
GROUP BY p.label, v.currency

-- name: report_fulfilment_time
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.channel AS channel,
       CAST(sum(v.completed_at - v.created_at) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_orders v ON v.completed_at >= p.begins AND v.completed_at < p.ends
WHERE v.status = 'completed'
GROUP BY p.label, v.channel
