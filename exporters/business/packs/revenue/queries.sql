-- name: booked
SELECT currency, line, CAST(sum(amount_minor) AS BIGINT) AS amount, max(booked_at) AS newest
FROM {schema}kpi_bookings GROUP BY currency, line

-- name: refunded
SELECT currency, line, CAST(sum(amount_minor) AS BIGINT) AS amount
FROM {schema}kpi_refunds GROUP BY currency, line

-- name: recurring
SELECT currency, plan, CAST(sum(monthly_minor) AS BIGINT) AS amount
FROM {schema}kpi_recurring WHERE ended_at IS NULL GROUP BY currency, plan

-- name: report_revenue
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, b.currency AS currency, b.line AS line, CAST(sum(b.amount_minor) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_bookings b ON b.booked_at >= p.begins AND b.booked_at < p.ends
GROUP BY p.label, b.currency, b.line
