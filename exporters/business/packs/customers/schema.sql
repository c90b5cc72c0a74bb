-- Pack "customers": make these views over tables of yours; those here read the demo company's. Times are
-- Unix seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- Customers, a row each, also those who were lost. A customer counts as lost from churned_at on, and once only:
-- who comes back is a new row.
CREATE VIEW kpi_customers AS
SELECT status,            -- TEXT: active, trial, paused, dormant; of those who were lost it is not looked at
       channel,           -- TEXT: how they were gained: web, partner, ...
       signed_up_at,      -- BIGINT
       signup_month AS cohort,  -- TEXT: month of signed_up_at in your time zone, "2026-11"
       churned_at,        -- BIGINT, NULL while they are customers
       churn_month,       -- TEXT: month of churned_at, "2027-02"; NULL while they are customers
       churn_reason       -- TEXT: why they were lost; '' while they are customers
FROM demo_customers;

-- Answers to "how satisfied are you", a row each. Satisfied is 4 or 5.
CREATE VIEW kpi_csat AS
SELECT score,             -- BIGINT: 1 to 5
       answered_at        -- BIGINT
FROM demo_csat;

-- Answers to "would you recommend us", a row each. 9 and 10 are promoters, 7 and 8 passive, 0 to 6 detractors.
CREATE VIEW kpi_nps AS
SELECT score,             -- BIGINT: 0 to 10
       answered_at        -- BIGINT
FROM demo_nps;
