--: counter business_api_requests_total
SELECT route, plan, sum(requests) AS value FROM kpi_api_usage GROUP BY route, plan

--: counter business_api_request_errors_total
SELECT route, plan, '4xx' AS class, sum(client_errors) AS value FROM kpi_api_usage GROUP BY route, plan
UNION ALL
SELECT route, plan, '5xx', sum(server_errors) FROM kpi_api_usage GROUP BY route, plan

--: counter business_api_quota_exceeded_total
SELECT plan, sum(quota_exceeded) AS value FROM kpi_api_usage GROUP BY plan

--: gauge business_api_keys
SELECT plan, count(*) AS value FROM kpi_api_keys GROUP BY plan

--: gauge business_api_active_keys
SELECT p.plan, w."window", (SELECT count(*) FROM kpi_api_keys k WHERE k.plan = p.plan
                            AND k.last_used_at >= {now} - w.days * 86400) AS value
FROM (SELECT DISTINCT plan FROM kpi_api_keys) p
CROSS JOIN (SELECT '1d' AS "window", 1 AS days UNION ALL SELECT '7d', 7 UNION ALL SELECT '30d', 30) w

--: gauge business_api_quota_requests
SELECT plan, coalesce(sum(quota_requests), 0) AS value FROM kpi_api_keys GROUP BY plan

--: gauge business_api_quota_used_requests
SELECT plan, sum(CASE WHEN quota_requests IS NULL THEN 0 ELSE used_requests END) AS value FROM kpi_api_keys
GROUP BY plan

--: gauge business_api_keys_near_quota
SELECT plan, count(CASE WHEN 10 * used_requests >= 9 * quota_requests THEN 1 END) AS value FROM kpi_api_keys
GROUP BY plan

--: watermark api_usage
SELECT max(begins_at) AS value FROM kpi_api_usage

--: report api_requests
SELECT route, plan, sum(requests) AS value FROM kpi_api_usage
WHERE begins_at >= {begins} AND begins_at < {ends} GROUP BY route, plan

--: report api_errors
SELECT route, plan, CASE WHEN sum(requests) > 0 THEN 1.0 * sum(server_errors) / sum(requests) END AS value
FROM kpi_api_usage WHERE begins_at >= {begins} AND begins_at < {ends} GROUP BY route, plan

--: report api_client_errors
SELECT route, plan, CASE WHEN sum(requests) > 0 THEN 1.0 * sum(client_errors) / sum(requests) END AS value
FROM kpi_api_usage WHERE begins_at >= {begins} AND begins_at < {ends} GROUP BY route, plan

--: report api_quota_exceeded
SELECT plan, sum(quota_exceeded) AS value FROM kpi_api_usage
WHERE begins_at >= {begins} AND begins_at < {ends} GROUP BY plan
