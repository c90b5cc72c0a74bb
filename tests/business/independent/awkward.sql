-- Rows that are easy to count wrong. First every half hour, and the second before it, of days around changes of
-- the clocks (and of the day that Apia skipped), so that each midnight has a row on either side.
CREATE TABLE test_instants (i BIGINT, at BIGINT);
INSERT INTO test_instants
WITH RECURSIVE halves(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM halves WHERE n < 6 * 48 - 1),
spans(first) AS (VALUES (1324944000), (1772755200), (1774483200), (1775088000), (1776816000), (1792627200),
                        (1793232000))
SELECT row_number() OVER (ORDER BY at), at
FROM (SELECT first + n * 1800 AS at FROM spans CROSS JOIN halves
      UNION SELECT first + n * 1800 - 1 FROM spans CROSS JOIN halves) x;
CREATE TABLE test_months (month TEXT, begins BIGINT, ends BIGINT);
INSERT INTO test_months VALUES ('2011-12', 0, 1325376000), ('2012-01', 1325376000, 1700000000),
  ('2026-03', 1700000000, 1775001600), ('2026-04', 1775001600, 1777593600), ('2026-10', 1777593600, 1793491200),
  ('2026-11', 1793491200, 1796083200);

INSERT INTO kpi_bookings
SELECT CASE i % 3 WHEN 0 THEN 'EUR' WHEN 1 THEN 'USD' ELSE 'JPY' END, CASE i % 5 WHEN 0 THEN 'goods' ELSE 'service' END,
       i * 7919 % 1000, at FROM test_instants;
INSERT INTO kpi_bookings VALUES ('EUR', 'a "line" with \ in it', 100, 1774700000), ('GBP', 'goods', 0, 1774700000),
  ('PLN', 'goods', 900719925474099, 1774700000), ('PLN', 'goods', 892, 1774700001);
-- More than was booked, in a currency without bookings, and before the booking.
INSERT INTO kpi_refunds
SELECT CASE i % 2 WHEN 0 THEN 'EUR' ELSE 'USD' END, 'goods', 5000 + i, at FROM test_instants WHERE i % 4 < 2;
INSERT INTO kpi_refunds VALUES ('CHF', 'goods', 1, 1774700000), ('PLN', 'goods', 900719925474999, 1774600000);
INSERT INTO kpi_recurring
SELECT CASE i % 2 WHEN 0 THEN 'EUR' ELSE 'USD' END, CASE i % 3 WHEN 0 THEN 'team' ELSE 'basic' END, i % 977, at,
       CASE WHEN i % 4 = 0 THEN NULL ELSE at + i % 50 * 1800 END
FROM test_instants;
-- Ends in the future, begins in the future, has ended, never ran.
INSERT INTO kpi_recurring VALUES ('EUR', 'ending', 1000, {now} - 86400, {now} + 86400),
  ('EUR', 'coming', 2000, {now} + 86400, NULL), ('EUR', 'ended', 4000, {now} - 86400, {now} - 60),
  ('EUR', 'never_ran', 8000, {now} - 60, {now} - 60), ('CHF', 'team', 0, {now} - 60, NULL);
INSERT INTO kpi_invoices VALUES
  ('EUR', 1, {now}, {now} + 3600, NULL), ('EUR', 10, {now} - 9, {now} - 60, NULL),
  ('EUR', 100, 0, {now} - 30 * 86400 + 600, NULL), ('EUR', 1000, 0, {now} - 30 * 86400 - 600, NULL),
  ('EUR', 10000, 0, {now} - 60 * 86400 + 600, NULL), ('EUR', 100000, 0, {now} - 60 * 86400 - 600, NULL),
  ('EUR', 1000000, 0, {now} - 90 * 86400 + 600, NULL), ('EUR', 10000000, 0, {now} - 90 * 86400 - 600, NULL),
  ('EUR', 7, 0, {now} - 90 * 86400, {now} - 60), ('USD', 5, 0, {now} - 60, {now} - 30),
  ('JPY', 3, 0, {now} - 45 * 86400, NULL), ('SEK', 4, 0, {now} - 60, {now} + 3600), ('GBP', 2, 0, 0, NULL);
INSERT INTO kpi_payments
SELECT CASE i % 3 WHEN 0 THEN 'card' ELSE 'transfer' END,
       CASE i % 7 WHEN 0 THEN 'pending' WHEN 1 THEN 'failed' WHEN 2 THEN 'abandoned' ELSE 'succeeded' END, at
FROM test_instants;
INSERT INTO kpi_payments VALUES ('wallet', 'pending', 1774700000), ('cash', 'failed', 1774700000),
  ('coin', 'succeeded', 1774700000);
INSERT INTO kpi_orders
SELECT CASE i % 2 WHEN 0 THEN 'web' ELSE 'phone' END,
       CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'confirmed' WHEN 2 THEN 'cancelled' ELSE 'completed' END,
       CASE WHEN i % 5 <> 2 THEN '' WHEN i % 3 = 0 THEN 'stock' ELSE 'fraud' END,
       CASE i % 3 WHEN 0 THEN 'EUR' ELSE 'USD' END, i * 104729 % 1500000, at,
       CASE WHEN i % 5 > 2 THEN at + i % 11 * 1800 END, CASE WHEN i % 5 = 2 THEN at + i % 7 * 1800 END
FROM test_instants;
-- Values and times that are the very bounds of buckets, and one beyond.
INSERT INTO kpi_orders
SELECT 'bounds', 'completed', '', 'GBP', b.value, 1774700000, 1774700000 + b.seconds, NULL
FROM (SELECT 1000 AS value, 3600 AS seconds UNION ALL SELECT 1001, 3601 UNION ALL SELECT 2500, 14400
      UNION ALL SELECT 5000, 43200 UNION ALL SELECT 10000, 86400 UNION ALL SELECT 25000, 172800
      UNION ALL SELECT 50000, 259200 UNION ALL SELECT 100000, 432000 UNION ALL SELECT 250000, 604800
      UNION ALL SELECT 500000, 1209600 UNION ALL SELECT 1000000, 2592000 UNION ALL SELECT 1000001, 2592001
      UNION ALL SELECT 0, 0) b;
INSERT INTO kpi_orders VALUES ('fax', 'new', '', 'CHF', 1, 1774700000, NULL, NULL),
  ('shop', 'cancelled', 'customer', 'CHF', 2, 1774700000, NULL, 1774700000);

INSERT INTO kpi_customers
SELECT CASE i % 3 WHEN 0 THEN 'active' WHEN 1 THEN 'paused' ELSE 'trial' END,
       CASE i % 2 WHEN 0 THEN 'web' ELSE 'partner' END, c.at, c.month, c.lost_at, lost.month,
       CASE WHEN c.lost_at IS NULL THEN '' WHEN i % 5 = 0 THEN 'price' ELSE 'moved' END
FROM (SELECT i, at, month, CASE WHEN i % 4 <> 1 THEN at + i % 90 * 1800 END AS lost_at
      FROM test_instants JOIN test_months ON at >= begins AND at < ends) c
LEFT JOIN test_months lost ON c.lost_at >= lost.begins AND c.lost_at < lost.ends;
-- The newest month is that of a loss, so the first of the 13 cohorts is 2026-01; one lost in the month of its
-- signup, one after all the others, a cohort with nobody left, one that is too old.
INSERT INTO kpi_customers VALUES
  ('active', 'web', 1767312000, '2026-01', 1798934400, '2027-01', 'price'),
  ('dormant', 'event', 1767312000, '2026-01', 1767398400, '2026-01', 'unknown'),
  ('dormant', 'event', 1767312000, '2026-01', NULL, NULL, ''),
  ('active', 'web', 1770076800, '2026-02', 1772582400, '2026-03', 'moved'),
  ('active', 'web', 1764633600, '2025-12', NULL, NULL, ''),
  ('churned', 'web', 1764633600, '2025-12', 1767398400, '2026-01', 'price');
INSERT INTO kpi_csat SELECT i % 5 + 1, at FROM test_instants WHERE i % 7 > 2;
INSERT INTO kpi_nps SELECT i % 11, at FROM test_instants WHERE i % 5 > 1;

INSERT INTO kpi_jobs
SELECT CASE i % 3 WHEN 0 THEN 'repair' ELSE 'installation' END,
       CASE i % 5 WHEN 0 THEN 'new' WHEN 1 THEN 'on_site' WHEN 2 THEN 'failed' ELSE 'completed' END,
       CASE WHEN i % 5 <> 2 THEN '' WHEN i % 2 = 0 THEN 'parts' ELSE 'no_access' END, i % 4, i * 31 % 60000, at,
       CASE WHEN i % 6 <> 0 THEN at + i % 20 * 1800 END, CASE WHEN i % 5 > 1 THEN at + i % 30 * 1800 END
FROM test_instants;
-- Bounds of buckets; completed without a response; kinds with open, failed and completed jobs alone.
INSERT INTO kpi_jobs
SELECT 'bounds', 'completed', '', 1, b.work, 1774700000, 1774700000 + b.response, 1774700000 + 700000
FROM (SELECT 900 AS work, 1800 AS response UNION ALL SELECT 901, 1801 UNION ALL SELECT 1800, 3600
      UNION ALL SELECT 3600, 7200 UNION ALL SELECT 5400, 14400 UNION ALL SELECT 7200, 28800
      UNION ALL SELECT 10800, 86400 UNION ALL SELECT 14400, 172800 UNION ALL SELECT 28800, 259200
      UNION ALL SELECT 57600, 604800 UNION ALL SELECT 57601, 604801 UNION ALL SELECT 0, 0) b;
INSERT INTO kpi_jobs VALUES ('unanswered', 'completed', '', 1, 60, 1774700000, NULL, 1774700060),
  ('all_open', 'scheduled', '', 1, 900, 1774700000, NULL, NULL), ('all_failed', 'failed', 'unsafe', 1, 9, 1774700000,
  1774700001, 1774700002), ('repair', 'completed', '', 1, 10, 1774700000, 1774700000, 1774700010);
INSERT INTO kpi_technicians VALUES ('north', 'on_job'), ('north', 'off'), ('south', 'off'), ('east', 'travelling');
INSERT INTO kpi_technician_time
SELECT CASE i % 2 WHEN 0 THEN 'north' ELSE 'south' END, 3600, i % 3601, at FROM test_instants;
INSERT INTO kpi_technician_time VALUES ('idle', 0, 0, 1774700000), ('lazy', 3600, 0, 1774700000);

INSERT INTO kpi_production SELECT CASE i % 2 WHEN 0 THEN 'assembly' ELSE 'painting' END, i % 9, i % 9 * 12, at
FROM test_instants;
INSERT INTO kpi_defects
SELECT CASE i % 2 WHEN 0 THEN 'assembly' ELSE 'painting' END, CASE i % 3 WHEN 0 THEN 'scratch' ELSE 'misfit' END, i % 4, at
FROM test_instants WHERE i % 5 < 2;
-- Without opportunities, without defects, nothing but defects, more defects than opportunities, defects alone, almost
-- none, on either side of 30 days, and in the future.
INSERT INTO kpi_production VALUES ('idle', 0, 0, {now} - 3600), ('perfect', 1000, 5000, {now} - 3600),
  ('hopeless', 10, 10, {now} - 3600), ('worse', 10, 10, {now} - 3600),
  ('fine', 1000000000, 1000000000000, {now} - 3600), ('half', 1, 2, {now} - 3600),
  ('window', 1, 10, {now} - 30 * 86400 + 600), ('window', 1, 1000, {now} - 30 * 86400 - 5),
  ('ahead', 1, 10, {now} - 3600), ('ahead', 1, 10, {now} + 86400), ('perfect', 1, 1, 1774700000),
  ('idle', 0, 0, 1774700000), ('hopeless', 1, 2, 1774700000);
INSERT INTO kpi_defects VALUES ('idle', 'scratch', 3, {now} - 3600), ('hopeless', 'scratch', 4, {now} - 3600),
  ('hopeless', 'misfit', 6, {now} - 3600), ('worse', 'misfit', 20, {now} - 3600), ('nowhere', 'misfit', 1, {now} - 3600),
  ('fine', 'misfit', 1, {now} - 3600), ('half', 'misfit', 1, {now} - 3600), ('window', 'misfit', 1, {now} - 30 * 86400 + 600),
  ('window', 'misfit', 5, {now} - 30 * 86400 - 5), ('ahead', 'misfit', 1, {now} + 86400), ('ahead', 'misfit', 2, {now} - 60),
  ('perfect', 'scratch', 0, {now} - 3600), ('idle', 'misfit', 1, 1774700000), ('hopeless', 'misfit', 2, 1774700000),
  ('nowhere', 'misfit', 2, 1774700000);
INSERT INTO kpi_measurements VALUES ('press', 'one', 4.2, {now} - 60),
  ('press', 'two', 1, {now} - 60), ('press', 'two', 3, {now} - 60),
  ('press', 'same', 0.1, {now} - 60), ('press', 'same', 0.1, {now} - 61), ('press', 'same', 0.1, {now} - 62),
  ('press', 'same_large', 1234567.1, {now} - 60), ('press', 'same_large', 1234567.1, {now} - 61),
  ('press', 'same_large', 1234567.1, {now} - 62), ('press', 'same_large', 1234567.1, {now} - 63),
  ('press', 'same_large', 1234567.1, {now} - 64), ('press', 'same_large', 1234567.1, {now} - 65),
  ('press', 'large', 1000000004, {now} - 60), ('press', 'large', 1000000007, {now} - 60),
  ('press', 'large', 1000000013, {now} - 60), ('press', 'large', 1000000016, {now} - 60),
  ('press', 'negative', -5.5, {now} - 60), ('press', 'negative', -4.5, {now} - 60), ('press', 'negative', 10, {now} - 60),
  ('press', 'tiny', 0.000000001, {now} - 60), ('press', 'tiny', 0.000000003, {now} - 60),
  ('press', 'upper_only', 8, {now} - 60), ('press', 'upper_only', 9, {now} - 60),
  ('press', 'lower_only', 8, {now} - 60), ('press', 'lower_only', 9, {now} - 60),
  ('press', 'limitless', 8, {now} - 60), ('press', 'limitless', 9, {now} - 60),
  ('press', 'beyond', 8, {now} - 60), ('press', 'beyond', 9, {now} - 60),
  ('press', 'no_width', 8, {now} - 60), ('press', 'no_width', 9, {now} - 60),
  ('press', 'window', 8, {now} - 30 * 86400 + 600), ('press', 'window', 9, {now} - 60),
  ('press', 'window', 1000, {now} - 30 * 86400 - 5), ('press', 'ahead', 9, {now} - 60), ('press', 'ahead', 5, {now} - 60),
  ('press', 'ahead', 1000, {now} + 86400), ('press', 'old', 7, {now} - 40 * 86400), ('other', 'two', 50, {now} - 60);
INSERT INTO kpi_spec_limits VALUES ('press', 'one', 4, 5), ('press', 'two', 0, 5), ('press', 'same', 0, 1),
  ('press', 'same_large', 0, 2000000), ('press', 'large', 1000000000, 1000000020), ('press', 'negative', -20, 20),
  ('press', 'tiny', 0, 0.000000005), ('press', 'upper_only', NULL, 10), ('press', 'lower_only', 1, NULL),
  ('press', 'limitless', NULL, NULL), ('press', 'beyond', 1, 2), ('press', 'no_width', 8, 8), ('press', 'window', 0, 20),
  ('press', 'ahead', 0, 20), ('press', 'unmeasured', 1, 2), ('press', 'old', 1, 9);

INSERT INTO kpi_email_logs
SELECT CASE i % 3 WHEN 0 THEN 'welcome' ELSE 'invoice' END, at, CASE WHEN i % 6 <> 0 THEN at + i % 4 * 1800 END,
       CASE WHEN i % 6 > 1 THEN at + i % 9 * 1800 END, CASE WHEN i % 6 = 1 OR i % 12 = 0 THEN at + 7200 END,
       CASE WHEN i % 6 = 1 OR i % 12 = 0 THEN CASE WHEN i % 5 = 0 THEN 'hard' ELSE 'soft' END ELSE '' END,
       CASE WHEN i % 17 = 4 THEN at + 9000 END
FROM test_instants;
INSERT INTO kpi_email_logs
SELECT 'bounds', 1774700000, 1774700000, 1774700000 + b.seconds, NULL, '', NULL
FROM (SELECT 0 AS seconds UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 5 UNION ALL SELECT 10 UNION ALL SELECT 30
      UNION ALL SELECT 60 UNION ALL SELECT 300 UNION ALL SELECT 900 UNION ALL SELECT 3600 UNION ALL SELECT 14400
      UNION ALL SELECT 86400 UNION ALL SELECT 86401) b;
-- Waiting alone; bounced before it was sent; both delivered and bounced.
INSERT INTO kpi_email_logs VALUES ('waiting', 1774600000, NULL, NULL, NULL, '', NULL),
  ('refused', 1774500000, NULL, NULL, 1774500001, 'hard', NULL),
  ('both', 1774700000, 1774700001, 1774700002, 1774700003, 'soft', 1774700004);
INSERT INTO kpi_webhooks
SELECT CASE i % 2 WHEN 0 THEN 'orders' ELSE 'crm' END,
       CASE i % 9 WHEN 0 THEN 'pending' WHEN 1 THEN 'exhausted' ELSE 'delivered' END, at FROM test_instants;
INSERT INTO kpi_webhooks VALUES ('idle', 'delivered', 1774700000), ('stuck', 'pending', 1774700000),
  ('lost', 'exhausted', 1774700000);
INSERT INTO kpi_webhook_logs
SELECT CASE i % 2 WHEN 0 THEN 'orders' ELSE 'crm' END,
       CASE i % 5 WHEN 0 THEN 'timeout' WHEN 1 THEN 'http_5xx' ELSE '' END, i * 37 % 40000, at FROM test_instants;
INSERT INTO kpi_webhook_logs
SELECT 'bounds', '', b.ms, 1774700000
FROM (SELECT 0 AS ms UNION ALL SELECT 50 UNION ALL SELECT 51 UNION ALL SELECT 100 UNION ALL SELECT 250 UNION ALL SELECT 500
      UNION ALL SELECT 1000 UNION ALL SELECT 2500 UNION ALL SELECT 5000 UNION ALL SELECT 10000 UNION ALL SELECT 30000
      UNION ALL SELECT 30001) b;
INSERT INTO kpi_webhook_logs VALUES ('dead', 'tls', 7, 1774700000);

INSERT INTO kpi_api_usage
SELECT CASE i % 2 WHEN 0 THEN '/v1/orders' ELSE '/v1/jobs' END, CASE i % 3 WHEN 0 THEN 'team' ELSE 'basic' END,
       i % 100, CASE WHEN i % 100 > 20 THEN i % 7 ELSE 0 END, CASE WHEN i % 100 > 20 THEN i % 3 ELSE 0 END,
       CASE WHEN i % 100 > 20 THEN i % 2 ELSE 0 END, at
FROM test_instants;
INSERT INTO kpi_api_usage VALUES ('/v1/unused', 'team', 0, 0, 0, 0, 1774700000), ('/v1/fine', 'free', 7, 0, 0, 0, 1774700000);
-- No quota, exactly 90 %, just below, above, a quota of nothing, never used, and both sides of each window.
INSERT INTO kpi_api_keys VALUES ('free', NULL, 500, NULL), ('free', NULL, 0, {now} - 60), ('team', 1000, 900, {now} - 86400 + 600),
  ('team', 1000, 899, {now} - 86400 - 5), ('team', 1000, 1200, {now} - 7 * 86400 + 600), ('team', NULL, 77, {now} - 7 * 86400 - 5),
  ('basic', 10, 9, {now} - 30 * 86400 + 600), ('basic', 11, 9, {now} - 30 * 86400 - 5), ('zero', 0, 0, NULL), ('zero', 0, 3, NULL);

INSERT INTO kpi_plans VALUES ('team', 'EUR', 'month', 4900), ('team', 'EUR', 'year', 49000), ('team', 'JPY', 'month', 700),
  ('free', 'EUR', 'month', 0);
INSERT INTO kpi_subscriptions
SELECT CASE i % 2 WHEN 0 THEN 'team' ELSE 'basic' END,
       CASE i % 6 WHEN 0 THEN 'trial' WHEN 1 THEN 'active' WHEN 2 THEN 'paused' WHEN 3 THEN 'active' ELSE 'ended' END, at,
       CASE WHEN i % 6 <> 1 THEN at + 7200 END, CASE WHEN i % 6 IN (1, 2, 3, 5) THEN at + 7200 END,
       CASE WHEN i % 6 > 3 THEN at + i % 15 * 1800 END,
       CASE WHEN i % 6 < 4 THEN '' WHEN i % 5 = 0 THEN 'price' ELSE 'trial' END
FROM test_instants;
INSERT INTO kpi_subscriptions VALUES ('untried', 'ended', 1774700000, NULL, 1774700000, 1774700001, 'unpaid'),
  ('tried', 'trial', 1774700000, 1774800000, NULL, NULL, ''), ('lost', 'ended', 1774700000, 1774800000, NULL, 1774700001, 'trial'),
  ('fresh', 'active', 1774700000, NULL, 1774700000, NULL, '');
INSERT INTO kpi_coupons VALUES ('spring', {now} - 60, {now} + 3600), ('summer', {now} - 60, NULL), ('autumn', {now} + 3600, NULL),
  ('winter', 0, {now} - 60), ('old', 0, {now} - 86400), ('later', {now} + 3600, {now} + 7200);
INSERT INTO kpi_coupon_redemptions
SELECT CASE i % 2 WHEN 0 THEN 'spring' ELSE 'unknown' END, CASE i % 3 WHEN 0 THEN 'EUR' ELSE 'USD' END, i % 500, at
FROM test_instants;
INSERT INTO kpi_coupon_redemptions VALUES ('spring', 'JPY', 0, 1774700000);
