--: gauge business_customers
SELECT status, count(*) AS value FROM kpi_customers WHERE churned_at IS NULL GROUP BY status

--: counter business_customer_signups_total
SELECT channel, count(*) AS value FROM kpi_customers GROUP BY channel

--: counter business_customer_churns_total
SELECT churn_reason AS reason, count(*) AS value FROM kpi_customers WHERE churned_at IS NOT NULL
GROUP BY churn_reason

--: counter business_csat_responses_total
SELECT score, count(*) AS value FROM kpi_csat GROUP BY score

--: counter business_nps_responses_total
SELECT category, count(*) AS value
FROM (SELECT CASE WHEN score IN (9, 10) THEN 'promoter' WHEN score IN (7, 8) THEN 'passive'
                  ELSE 'detractor' END AS category FROM kpi_nps) n
GROUP BY category

-- Months are numbered: year * 12 + month.
--: gauge business_cohort_customers
WITH months AS (
  SELECT cohort, CAST(substr(cohort, 1, 4) AS BIGINT) * 12 + CAST(substr(cohort, 6, 2) AS BIGINT) AS began,
         CAST(substr(churn_month, 1, 4) AS BIGINT) * 12 + CAST(substr(churn_month, 6, 2) AS BIGINT) AS lost
  FROM kpi_customers),
newest AS (SELECT max(month) AS month FROM (SELECT began AS month FROM months UNION ALL SELECT lost FROM months) m)
SELECT cohort, count(*) AS value FROM months WHERE began > (SELECT month FROM newest) - 13 GROUP BY cohort

--: gauge business_cohort_retained_customers
WITH RECURSIVE months AS (
  SELECT cohort, CAST(substr(cohort, 1, 4) AS BIGINT) * 12 + CAST(substr(cohort, 6, 2) AS BIGINT) AS began,
         CAST(substr(churn_month, 1, 4) AS BIGINT) * 12 + CAST(substr(churn_month, 6, 2) AS BIGINT) AS lost
  FROM kpi_customers),
newest AS (SELECT max(month) AS month FROM (SELECT began AS month FROM months UNION ALL SELECT lost FROM months) m),
numbers(period) AS (SELECT 0 UNION ALL SELECT period + 1 FROM numbers WHERE period < 12)
SELECT m.cohort, n.period, count(CASE WHEN m.lost IS NULL OR m.lost > m.began + n.period THEN 1 END) AS value
FROM months m CROSS JOIN numbers n
WHERE m.began > (SELECT month FROM newest) - 13 AND m.began + n.period <= (SELECT month FROM newest)
GROUP BY m.cohort, n.period

--: watermark customers_customers
SELECT max(signed_up_at) AS value FROM kpi_customers

--: report customers
SELECT CASE WHEN count(*) > 0 THEN count(CASE WHEN churned_at <= {ends} - 1 THEN NULL ELSE 1 END) END AS value
FROM kpi_customers WHERE signed_up_at <= {ends} - 1

--: report signups
SELECT channel, count(*) AS value FROM kpi_customers
WHERE signed_up_at >= {begins} AND signed_up_at < {ends} GROUP BY channel

--: report churns
SELECT churn_reason AS reason, count(*) AS value FROM kpi_customers
WHERE churned_at >= {begins} AND churned_at < {ends} GROUP BY churn_reason

-- At the beginning are those of the last second of the period before.
--: report churn_ratio
SELECT CASE WHEN count(*) > 0 THEN 1.0 * count(CASE WHEN churned_at < {ends} THEN 1 END) / count(*) END AS value
FROM kpi_customers WHERE signed_up_at < {begins} AND (churned_at IS NULL OR churned_at >= {begins})

--: report csat
SELECT CASE WHEN count(*) > 0 THEN 1.0 * count(CASE WHEN score IN (4, 5) THEN 1 END) / count(*) END AS value
FROM kpi_csat WHERE answered_at >= {begins} AND answered_at < {ends}

--: report nps
SELECT CASE WHEN count(*) > 0 THEN (100.0 * count(CASE WHEN score IN (9, 10) THEN 1 END)
                                    - 100.0 * count(CASE WHEN score < 7 THEN 1 END)) / count(*) END AS value
FROM kpi_nps WHERE answered_at >= {begins} AND answered_at < {ends}
