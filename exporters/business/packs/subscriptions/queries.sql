-- name: plans
SELECT plan, currency, billing, price_minor AS price FROM {schema}kpi_plans

-- name: subscriptions
WITH counts AS (
  SELECT plan, status, CASE WHEN status = 'ended' THEN end_reason ELSE '' END AS reason, count(*) AS n,
         count(trial_ends_at) AS trials,
         sum(CASE WHEN trial_ends_at IS NOT NULL AND paid_from IS NOT NULL THEN 1 ELSE 0 END) AS converted,
         sum(CASE WHEN trial_ends_at IS NOT NULL AND paid_from IS NULL AND status = 'ended'
                  THEN 1 ELSE 0 END) AS lost,
         max(started_at) AS newest
  FROM {schema}kpi_subscriptions GROUP BY 1, 2, 3
)
SELECT plan, '' AS status, '' AS reason, CAST(sum(n) AS BIGINT) AS started, CAST(sum(trials) AS BIGINT) AS trials,
       CAST(sum(converted) AS BIGINT) AS converted, CAST(sum(lost) AS BIGINT) AS lost,
       CAST(NULL AS BIGINT) AS running, CAST(NULL AS BIGINT) AS ended, max(newest) AS newest
FROM counts GROUP BY plan
UNION ALL
SELECT plan, status, '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
       CAST(NULL AS BIGINT), n, CAST(NULL AS BIGINT), newest
FROM counts WHERE status <> 'ended'
UNION ALL
SELECT plan, '', reason, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
       CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), n, newest
FROM counts WHERE status = 'ended'

-- name: coupons
SELECT state, count(*) AS n
FROM (SELECT CASE WHEN valid_until <= {now} THEN 'expired' WHEN valid_from > {now} THEN 'upcoming'
                  ELSE 'valid' END AS state
      FROM {schema}kpi_coupons) states
GROUP BY state

-- name: redemptions
SELECT coupon, currency, count(*) AS n, CAST(sum(discount_minor) AS BIGINT) AS discount
FROM {schema}kpi_coupon_redemptions GROUP BY coupon, currency

-- name: report_started
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.plan AS plan,
       count(*) AS value
FROM periods p JOIN {schema}kpi_subscriptions v ON v.started_at >= p.begins AND v.started_at < p.ends
GROUP BY p.label, v.plan

-- name: report_ended
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.plan AS plan, v.end_reason AS reason,
       count(*) AS value
FROM periods p JOIN {schema}kpi_subscriptions v ON v.ended_at >= p.begins AND v.ended_at < p.ends
GROUP BY p.label, v.plan, v.end_reason

-- name: report_trial_conversion
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.plan AS plan,
       CAST(count(v.paid_from) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_subscriptions v ON v.started_at >= p.begins AND v.started_at < p.ends
WHERE v.trial_ends_at IS NOT NULL
GROUP BY p.label, v.plan

-- name: report_redemptions
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.coupon AS coupon,
       count(*) AS value
FROM periods p JOIN {schema}kpi_coupon_redemptions v ON v.redeemed_at >= p.begins AND v.redeemed_at < p.ends
GROUP BY p.label, v.coupon

-- name: report_discounts
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.coupon AS coupon, v.currency AS currency,
       CAST(sum(v.discount_minor) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_coupon_redemptions v ON v.redeemed_at >= p.begins AND v.redeemed_at < p.ends
GROUP BY p.label, v.coupon, v.currency
