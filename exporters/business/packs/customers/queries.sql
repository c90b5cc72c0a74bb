-- name: customers
WITH counts AS (
  SELECT channel, CASE WHEN churned_at IS NULL THEN status END AS status,
         CASE WHEN churned_at IS NOT NULL THEN churn_reason END AS reason,
         count(*) AS n, max(signed_up_at) AS newest
  FROM {schema}kpi_customers GROUP BY 1, 2, 3
)
SELECT '' AS status, channel, '' AS reason, CAST(NULL AS BIGINT) AS customers, CAST(sum(n) AS BIGINT) AS signups,
       CAST(NULL AS BIGINT) AS churns, max(newest) AS newest
FROM counts GROUP BY channel
UNION ALL
SELECT status, '', '', CAST(sum(n) AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), max(newest)
FROM counts WHERE status IS NOT NULL GROUP BY status
UNION ALL
SELECT '', '', reason, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(sum(n) AS BIGINT), max(newest)
FROM counts WHERE reason IS NOT NULL GROUP BY reason

-- name: csat
SELECT score, count(*) AS n FROM {schema}kpi_csat GROUP BY score

-- name: nps
SELECT category, count(*) AS n
FROM (SELECT CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category
      FROM {schema}kpi_nps) answers
GROUP BY category

-- name: cohorts
WITH counts AS (
  SELECT cohort, churn_month, count(*) AS n FROM {schema}kpi_customers GROUP BY cohort, churn_month
),
months AS (
  SELECT cohort, n,
         CAST(substr(cohort, 1, 4) AS BIGINT) * 12 + CAST(substr(cohort, 6, 2) AS BIGINT) AS month,
         CAST(substr(churn_month, 1, 4) AS BIGINT) * 12 + CAST(substr(churn_month, 6, 2) AS BIGINT) AS lost
  FROM counts
),
newest AS (SELECT max(CASE WHEN lost > month THEN lost ELSE month END) AS month FROM months),
recent AS (
  SELECT m.cohort AS cohort, m.n AS n, m.lost - m.month AS lost_after, newest.month - m.month AS age
  FROM months m CROSS JOIN newest WHERE m.month > newest.month - 13
),
ages(period) AS (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), (12))
SELECT cohort, '' AS period, CAST(sum(n) AS BIGINT) AS customers, CAST(NULL AS BIGINT) AS retained
FROM recent GROUP BY cohort
UNION ALL
SELECT r.cohort, CAST(a.period AS TEXT), CAST(NULL AS BIGINT),
       CAST(sum(CASE WHEN r.lost_after <= a.period THEN 0 ELSE r.n END) AS BIGINT)
FROM recent r JOIN ages a ON a.period <= r.age
GROUP BY r.cohort, a.period

-- name: report_customers
WITH periods(label, begins, ends) AS (VALUES {periods}),
spans AS (SELECT label, ends, coalesce(lag(ends) OVER (ORDER BY ends), -62135596800) AS since FROM periods),
changes AS (
  SELECT s.ends AS ends, count(*) AS n
  FROM spans s JOIN {schema}kpi_customers g ON g.signed_up_at >= s.since AND g.signed_up_at < s.ends
  GROUP BY s.ends
  UNION ALL
  SELECT s.ends, -count(*)
  FROM spans s JOIN {schema}kpi_customers l ON l.churned_at >= s.since AND l.churned_at < s.ends
  GROUP BY s.ends
)
SELECT s.label AS period, CAST(sum(c.n) AS BIGINT) AS value
FROM spans s JOIN changes c ON c.ends <= s.ends
GROUP BY s.label

-- name: report_signups
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.channel AS channel,
       count(*) AS value
FROM periods p JOIN {schema}kpi_customers v ON v.signed_up_at >= p.begins AND v.signed_up_at < p.ends
GROUP BY p.label, v.channel

-- name: report_churns
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.churn_reason AS reason,
       count(*) AS value
FROM periods p JOIN {schema}kpi_customers v ON v.churned_at >= p.begins AND v.churned_at < p.ends
GROUP BY p.label, v.churn_reason

-- name: report_churn_ratio
WITH periods(label, begins, ends) AS (VALUES {periods}),
spans AS (SELECT label, begins, coalesce(lag(begins) OVER (ORDER BY begins), -62135596800) AS since FROM periods),
changes AS (
  SELECT s.begins AS begins, count(*) AS n
  FROM spans s JOIN {schema}kpi_customers g ON g.signed_up_at >= s.since AND g.signed_up_at < s.begins
  GROUP BY s.begins
  UNION ALL
  SELECT s.begins, -count(*)
  FROM spans s JOIN {schema}kpi_customers l ON l.churned_at >= s.since AND l.churned_at < s.begins
  GROUP BY s.begins
),
at_beginning AS (
  SELECT s.label AS label, sum(c.n) AS n FROM spans s JOIN changes c ON c.begins <= s.begins GROUP BY s.label
),
lost AS (
  SELECT p.label AS label, count(*) AS n
  FROM periods p JOIN {schema}kpi_customers v ON v.churned_at >= p.begins AND v.churned_at < p.ends
  WHERE v.signed_up_at < p.begins
  GROUP BY p.label
)
SELECT b.label AS period, CAST(coalesce(l.n, 0) AS DOUBLE PRECISION) / b.n AS value
FROM at_beginning b LEFT JOIN lost l ON l.label = b.label
WHERE b.n > 0

-- name: report_csat
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period,
       CAST(sum(CASE WHEN v.score >= 4 THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_csat v ON v.answered_at >= p.begins AND v.answered_at < p.ends
GROUP BY p.label

-- name: report_nps
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period,
       100 * CAST(sum(CASE WHEN v.score >= 9 THEN 1 WHEN v.score >= 7 THEN 0 ELSE -1 END)
             AS DOUBLE PRECISION) / count(*) AS value
FROM periods p JOIN {schema}kpi_nps v ON v.answered_at >= p.begins AND v.answered_at < p.ends
GROUP BY p.label
