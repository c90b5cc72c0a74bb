-- Pack "api": make these views over tables of yours; those here read the demo company's. Times are Unix
-- seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- Use of the API, a row for each route, plan and stretch of time (an hour, say; or a request).
CREATE VIEW kpi_api_usage AS
SELECT route,             -- TEXT: the pattern, not the path
       plan,              -- TEXT
       requests,          -- BIGINT: all, those that failed too
       client_errors,     -- BIGINT: of these, answered 4xx
       server_errors,     -- BIGINT: of these, answered 5xx
       quota_exceeded,    -- BIGINT: of these, refused because the quota was used up
       begins_at          -- BIGINT
FROM demo_api_usage;

-- Keys of the API, a row each.
CREATE VIEW kpi_api_keys AS
SELECT plan,              -- TEXT
       quota_requests,    -- BIGINT: allowed in the current period; NULL: no limit
       used_requests,     -- BIGINT: used in the current period
       last_used_at       -- BIGINT, NULL: never
FROM demo_api_keys;
