--: counter business_revenue_minor_units_total
SELECT currency, line, sum(amount_minor) AS value FROM kpi_bookings GROUP BY currency, line

--: counter business_refund_minor_units_total
SELECT currency, line, sum(amount_minor) AS value FROM kpi_refunds GROUP BY currency, line

--: gauge business_recurring_revenue_minor_units
SELECT currency, plan,
       sum(CASE WHEN started_at <= {now} AND coalesce(ended_at, {now} + 1) > {now} THEN monthly_minor ELSE 0 END) AS value
FROM kpi_recurring WHERE started_at <= {now} GROUP BY currency, plan

--: gauge business_receivable_minor_units
SELECT c.currency, d.overdue,
       coalesce((SELECT sum(i.amount_minor) FROM kpi_invoices i
                 WHERE i.currency = c.currency AND coalesce(i.paid_at, {now} + 1) > {now}
                   AND {now} - i.due_at > d.least AND {now} - i.due_at <= d.most), 0) AS value
FROM (SELECT DISTINCT currency FROM kpi_invoices) c
CROSS JOIN (SELECT 'not_due' AS overdue, -9000000000000 AS least, 0 AS most
            UNION ALL SELECT '1_30', 0, 30 * 86400
            UNION ALL SELECT '31_60', 30 * 86400, 60 * 86400
            UNION ALL SELECT '61_90', 60 * 86400, 90 * 86400
            UNION ALL SELECT 'over_90', 90 * 86400, 9000000000000) d

--: counter business_payments_attempted_total
SELECT method, count(*) AS value FROM kpi_payments GROUP BY method

--: counter business_payments_completed_total
SELECT method, count(CASE WHEN status = 'succeeded' THEN 1 END) AS value FROM kpi_payments GROUP BY method

--: counter business_payments_failed_total
SELECT method, status AS reason, count(*) AS value FROM kpi_payments
WHERE status IN ('failed', 'abandoned') GROUP BY method, status

--: counter business_orders_created_total
SELECT channel, count(*) AS value FROM kpi_orders GROUP BY channel

--: counter business_orders_completed_total
SELECT channel, count(CASE WHEN status = 'completed' THEN 1 END) AS value FROM kpi_orders GROUP BY channel

--: counter business_orders_cancelled_total
SELECT channel, reason, count(*) AS value FROM kpi_orders WHERE status = 'cancelled' GROUP BY channel, reason

--: gauge business_orders_open
SELECT status, count(*) AS value FROM kpi_orders WHERE status NOT IN ('completed', 'cancelled') GROUP BY status

--: histogram business_order_value_minor_units 1000 2500 5000 10000 25000 50000 100000 250000 500000 1000000
SELECT currency, amount_minor AS value FROM kpi_orders

--: histogram business_order_fulfilment_seconds 3600 14400 43200 86400 172800 259200 432000 604800 1209600 2592000
SELECT channel, completed_at - created_at AS value FROM kpi_orders WHERE status = 'completed'

--: watermark revenue_booked
SELECT max(booked_at) AS value FROM kpi_bookings

--: watermark revenue_orders
SELECT max(created_at) AS value FROM kpi_orders

--: report revenue
SELECT currency, line, sum(amount_minor) AS value FROM kpi_bookings
WHERE booked_at >= {begins} AND booked_at < {ends} GROUP BY currency, line

--: report refunds
SELECT currency, line, sum(amount_minor) AS value FROM kpi_refunds
WHERE refunded_at >= {begins} AND refunded_at < {ends} GROUP BY currency, line

--: report net_revenue
SELECT currency, sum(amount) AS value
FROM (SELECT currency, amount_minor AS amount, booked_at AS at FROM kpi_bookings
      UNION ALL SELECT currency, 0 - amount_minor, refunded_at FROM kpi_refunds) m
WHERE at >= {begins} AND at < {ends} GROUP BY currency

--: report recurring_revenue
SELECT currency, plan, sum(CASE WHEN ended_at <= {ends} - 1 THEN 0 ELSE monthly_minor END) AS value FROM kpi_recurring
WHERE started_at <= {ends} - 1 GROUP BY currency, plan

--: report payment_completion
SELECT method, 1.0 * count(CASE WHEN status = 'succeeded' THEN 1 END) / count(*) AS value FROM kpi_payments
WHERE status <> 'pending' AND created_at >= {begins} AND created_at < {ends} GROUP BY method

--: report orders
SELECT channel, count(*) AS value FROM kpi_orders
WHERE created_at >= {begins} AND created_at < {ends} GROUP BY channel

--: report orders_completed
SELECT channel, count(*) AS value FROM kpi_orders
WHERE status = 'completed' AND completed_at >= {begins} AND completed_at < {ends} GROUP BY channel

--: report orders_cancelled
SELECT channel, reason, count(*) AS value FROM kpi_orders
WHERE status = 'cancelled' AND cancelled_at >= {begins} AND cancelled_at < {ends} GROUP BY channel, reason

--: report order_value
SELECT currency, 1.0 * sum(amount_minor) / count(*) AS value FROM kpi_orders
WHERE created_at >= {begins} AND created_at < {ends} GROUP BY currency

--: report fulfilment_time
SELECT channel, 1.0 * sum(completed_at - created_at) / count(*) AS value FROM kpi_orders
WHERE status = 'completed' AND completed_at >= {begins} AND completed_at < {ends} GROUP BY channel
