-- Pack "subscriptions": make these views over tables of yours; those here read the demo company's. Times are
-- Unix seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- Prices, a row each plan, currency and billing period. Money is in minor units (cents) as an integer.
CREATE VIEW kpi_plans AS
SELECT plan,              -- TEXT
       currency,          -- TEXT: "EUR"
       billing,           -- TEXT: month, year
       price_minor        -- BIGINT: for one such period
FROM demo_plans;

-- Subscriptions, a row each, also the ended ones. With a trial is one whose trial_ends_at is not NULL; it was
-- converted if paid_from is not NULL, and lost if it ended without.
CREATE VIEW kpi_subscriptions AS
SELECT plan,              -- TEXT
       status,            -- TEXT: trial, active, paused; ended
       started_at,        -- BIGINT: of the trial, where there is one
       trial_ends_at,     -- BIGINT, NULL: no trial
       paid_from,         -- BIGINT: paid for since; NULL until then
       ended_at,          -- BIGINT, NULL while it runs
       end_reason         -- TEXT: why it ended; '' while it runs
FROM demo_subscriptions;

-- Coupons, a row a campaign.
CREATE VIEW kpi_coupons AS
SELECT coupon,            -- TEXT
       valid_from,        -- BIGINT
       valid_until        -- BIGINT: the first second it is no longer valid; NULL: for ever
FROM demo_coupons;

-- What was redeemed, a row each.
CREATE VIEW kpi_coupon_redemptions AS
SELECT coupon,            -- TEXT
       currency,          -- TEXT
       discount_minor,    -- BIGINT
       redeemed_at        -- BIGINT
FROM demo_coupon_redemptions;
