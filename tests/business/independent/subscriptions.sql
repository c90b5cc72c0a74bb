--: gauge business_plan_price_minor_units
SELECT plan, currency, billing, price_minor AS value FROM kpi_plans

--: gauge business_subscriptions
SELECT plan, status, count(*) AS value FROM kpi_subscriptions WHERE ended_at IS NULL GROUP BY plan, status

--: counter business_subscriptions_started_total
SELECT plan, count(*) AS value FROM kpi_subscriptions GROUP BY plan

--: counter business_subscriptions_ended_total
SELECT plan, end_reason AS reason, count(*) AS value FROM kpi_subscriptions WHERE ended_at IS NOT NULL
GROUP BY plan, end_reason

--: counter business_trials_started_total
SELECT plan, count(trial_ends_at) AS value FROM kpi_subscriptions GROUP BY plan

--: counter business_trials_converted_total
SELECT plan, count(CASE WHEN trial_ends_at IS NOT NULL AND paid_from IS NOT NULL THEN 1 END) AS value
FROM kpi_subscriptions GROUP BY plan

--: counter business_trials_lost_total
SELECT plan,
       count(CASE WHEN trial_ends_at IS NOT NULL AND paid_from IS NULL AND ended_at IS NOT NULL THEN 1 END) AS value
FROM kpi_subscriptions GROUP BY plan

--: gauge business_coupons
SELECT state, count(*) AS value
FROM (SELECT CASE WHEN valid_from > {now} THEN 'upcoming' WHEN valid_until <= {now} THEN 'expired'
                  ELSE 'valid' END AS state FROM kpi_coupons) c
GROUP BY state

--: counter business_coupon_redemptions_total
SELECT coupon, currency, count(*) AS value FROM kpi_coupon_redemptions GROUP BY coupon, currency

--: counter business_coupon_discount_minor_units_total
SELECT coupon, currency, sum(discount_minor) AS value FROM kpi_coupon_redemptions GROUP BY coupon, currency

--: watermark subscriptions_subscriptions
SELECT max(started_at) AS value FROM kpi_subscriptions

--: report subscriptions_started
SELECT plan, count(*) AS value FROM kpi_subscriptions
WHERE started_at >= {begins} AND started_at < {ends} GROUP BY plan

--: report subscriptions_ended
SELECT plan, end_reason AS reason, count(*) AS value FROM kpi_subscriptions
WHERE ended_at >= {begins} AND ended_at < {ends} GROUP BY plan, end_reason

--: report trial_conversion
SELECT plan, 1.0 * count(paid_from) / count(*) AS value FROM kpi_subscriptions
WHERE trial_ends_at IS NOT NULL AND started_at >= {begins} AND started_at < {ends} GROUP BY plan

--: report coupon_redemptions
SELECT coupon, count(*) AS value FROM kpi_coupon_redemptions
WHERE redeemed_at >= {begins} AND redeemed_at < {ends} GROUP BY coupon

--: report coupon_discounts
SELECT coupon, currency, sum(discount_minor) AS value FROM kpi_coupon_redemptions
WHERE redeemed_at >= {begins} AND redeemed_at < {ends} GROUP BY coupon, currency
