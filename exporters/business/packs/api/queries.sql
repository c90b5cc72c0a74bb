-- name: usage
WITH sums AS (
  SELECT route, plan, CAST(sum(requests) AS BIGINT) AS requests,
         CAST(sum(client_errors) AS BIGINT) AS client_errors,
         CAST(sum(server_errors) AS BIGINT) AS server_errors,
         CAST(sum(quota_exceeded) AS BIGINT) AS quota_exceeded, max(begins_at) AS newest
  FROM {schema}kpi_api_usage GROUP BY route, plan
)
SELECT route, plan, '' AS class, requests, CAST(NULL AS BIGINT) AS errors, CAST(NULL AS BIGINT) AS quota_exceeded,
       newest
FROM sums
UNION ALL
SELECT route, plan, '4xx', CAST(NULL AS BIGINT), client_errors, CAST(NULL AS BIGINT), newest FROM sums
UNION ALL
SELECT route, plan, '5xx', CAST(NULL AS BIGINT), server_errors, CAST(NULL AS BIGINT), newest FROM sums
UNION ALL
SELECT '', plan, '', CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(sum(quota_exceeded) AS BIGINT), max(newest)
FROM sums GROUP BY plan

-- name: keys
SELECT plan, count(*) AS keys,
       CAST(sum(CASE WHEN last_used_at > {now} - 86400 THEN 1 ELSE 0 END) AS BIGINT) AS "1d",
       CAST(sum(CASE WHEN last_used_at > {now} - 604800 THEN 1 ELSE 0 END) AS BIGINT) AS "7d",
       CAST(sum(CASE WHEN last_used_at > {now} - 2592000 THEN 1 ELSE 0 END) AS BIGINT) AS "30d",
       CAST(coalesce(sum(quota_requests), 0) AS BIGINT) AS quota,
       CAST(sum(CASE WHEN quota_requests IS NULL THEN 0 ELSE used_requests END) AS BIGINT) AS used,
       CAST(sum(CASE WHEN used_requests * 10 >= quota_requests * 9 THEN 1 ELSE 0 END) AS BIGINT) AS near
FROM {schema}kpi_api_keys GROUP BY plan

-- name: report_requests
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.route AS route, v.plan AS plan,
       CAST(sum(v.requests) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_api_usage v ON v.begins_at >= p.begins AND v.begins_at < p.ends
GROUP BY p.label, v.route, v.plan

-- name: report_errors
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.route AS route, v.plan AS plan,
       CAST(sum(v.server_errors) AS DOUBLE PRECISION) / sum(v.requests) AS value
FROM periods p JOIN {schema}kpi_api_usage v ON v.begins_at >= p.begins AND v.begins_at < p.ends
GROUP BY p.label, v.route, v.plan
HAVING sum(v.requests) > 0

-- name: report_client_errors
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.route AS route, v.plan AS plan,
       CAST(sum(v.client_errors) AS DOUBLE PRECISION) / sum(v.requests) AS value
FROM periods p JOIN {schema}kpi_api_usage v ON v.begins_at >= p.begins AND v.begins_at < p.ends
GROUP BY p.label, v.route, v.plan
HAVING sum(v.requests) > 0

-- name: report_quota_exceeded
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.plan AS plan,
       CAST(sum(v.quota_exceeded) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_api_usage v ON v.begins_at >= p.begins AND v.begins_at < p.ends
GROUP BY p.label, v.plan
