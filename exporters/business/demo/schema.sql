-- Tables of the demo company. The views of the packs (packs/*/schema.sql) are made over them. One text for
-- PostgreSQL and SQLite: BIGINT, TEXT and DOUBLE PRECISION only. Times are Unix seconds (..._at), money is in
-- minor units (..._minor) with its currency beside it, months are "YYYY-MM" in the company's time zone.
-- NULL is said where it is possible; every other column always has a value ('' where there is nothing to say).

-- The mark by which the generator knows a database of its own: one row.
CREATE TABLE demo_company (
  name TEXT NOT NULL,
  seed BIGINT NOT NULL,
  organisations BIGINT NOT NULL,
  customers BIGINT NOT NULL,
  days BIGINT NOT NULL,
  lived_until BIGINT NOT NULL  -- everything up to this second has happened; --live goes on from here
);

CREATE TABLE demo_organisations (
  id BIGINT PRIMARY KEY,
  name TEXT NOT NULL,
  country TEXT NOT NULL,    -- "DE"
  zone TEXT NOT NULL,       -- "Europe/Berlin"
  currency TEXT NOT NULL,   -- "EUR"
  created_at BIGINT NOT NULL
);

CREATE TABLE demo_customers (
  id BIGINT PRIMARY KEY,
  organisation_id BIGINT NOT NULL,
  channel TEXT NOT NULL,        -- how they were gained: web, partner, phone, referral, event
  status TEXT NOT NULL,         -- active, trial, paused, dormant; churned once churned_at is set
  signed_up_at BIGINT NOT NULL,
  signup_month TEXT NOT NULL,   -- "2026-11"
  churned_at BIGINT,            -- NULL while they are customers
  churn_month TEXT,             -- NULL while they are customers
  churn_reason TEXT NOT NULL    -- price, quality, competitor, moved, closed, unknown; '' while they are customers
);
CREATE INDEX demo_customers_signed_up ON demo_customers (signed_up_at);
CREATE INDEX demo_customers_churned ON demo_customers (churned_at);

-- Answers to surveys.
CREATE TABLE demo_csat (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  score BIGINT NOT NULL,        -- 1 to 5
  answered_at BIGINT NOT NULL
);
CREATE INDEX demo_csat_answered ON demo_csat (answered_at);
CREATE TABLE demo_nps (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  score BIGINT NOT NULL,        -- 0 to 10
  answered_at BIGINT NOT NULL
);
CREATE INDEX demo_nps_answered ON demo_nps (answered_at);

-- Revenue: what was earned, a row an amount, never negative. What is given back is a row of demo_refunds.
CREATE TABLE demo_bookings (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  line TEXT NOT NULL,           -- line of business: subscription, service, parts
  amount_minor BIGINT NOT NULL,
  booked_at BIGINT NOT NULL
);
CREATE INDEX demo_bookings_booked ON demo_bookings (booked_at);
CREATE TABLE demo_refunds (
  id BIGINT PRIMARY KEY,
  booking_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  line TEXT NOT NULL,
  amount_minor BIGINT NOT NULL, -- positive
  refunded_at BIGINT NOT NULL
);
CREATE INDEX demo_refunds_refunded ON demo_refunds (refunded_at);

CREATE TABLE demo_invoices (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  issued_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  paid_at BIGINT                -- NULL while it is open
);
CREATE INDEX demo_invoices_issued ON demo_invoices (issued_at);

CREATE TABLE demo_payments (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  method TEXT NOT NULL,         -- card, transfer, direct_debit, wallet
  status TEXT NOT NULL,         -- pending, succeeded, failed, abandoned
  created_at BIGINT NOT NULL
);
CREATE INDEX demo_payments_created ON demo_payments (created_at);

CREATE TABLE demo_orders (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  channel TEXT NOT NULL,        -- web, phone, partner
  status TEXT NOT NULL,         -- new, confirmed, shipped (these are open); completed, cancelled
  reason TEXT NOT NULL,         -- why it was cancelled: customer, payment, stock, fraud; else ''
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  completed_at BIGINT,          -- NULL until it is completed
  cancelled_at BIGINT           -- NULL unless it was cancelled
);
CREATE INDEX demo_orders_created ON demo_orders (created_at);
CREATE INDEX demo_orders_completed ON demo_orders (completed_at);
CREATE INDEX demo_orders_cancelled ON demo_orders (cancelled_at);

-- Subscriptions.
CREATE TABLE demo_plans (
  plan TEXT NOT NULL,           -- basic, team, business, enterprise
  currency TEXT NOT NULL,
  billing TEXT NOT NULL,        -- month, year
  price_minor BIGINT NOT NULL,  -- for one month or one year
  PRIMARY KEY (plan, currency, billing)
);
CREATE TABLE demo_subscriptions (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  plan TEXT NOT NULL,
  currency TEXT NOT NULL,
  billing TEXT NOT NULL,        -- month, year
  monthly_minor BIGINT NOT NULL, -- what it brings a month once it is paid for (a yearly plan: a twelfth)
  status TEXT NOT NULL,         -- trial, active, paused, ended
  started_at BIGINT NOT NULL,   -- of the trial, where there is one
  trial_ends_at BIGINT,         -- NULL: no trial
  paid_from BIGINT,             -- since when it is paid for; NULL while in trial, or if the trial ended it
  ended_at BIGINT,              -- NULL while it runs
  end_reason TEXT NOT NULL      -- trial, price, quality, competitor, unpaid, unknown; '' while it runs
);
CREATE INDEX demo_subscriptions_started ON demo_subscriptions (started_at);
CREATE INDEX demo_subscriptions_paid ON demo_subscriptions (paid_from);
CREATE INDEX demo_subscriptions_ended ON demo_subscriptions (ended_at);
CREATE TABLE demo_coupons (
  coupon TEXT PRIMARY KEY,      -- a campaign, of which there are few: spring, welcome, winback
  valid_from BIGINT NOT NULL,
  valid_until BIGINT            -- NULL: for ever
);
CREATE TABLE demo_coupon_redemptions (
  id BIGINT PRIMARY KEY,
  coupon TEXT NOT NULL,
  customer_id BIGINT NOT NULL,
  currency TEXT NOT NULL,
  discount_minor BIGINT NOT NULL,
  redeemed_at BIGINT NOT NULL
);
CREATE INDEX demo_coupon_redemptions_redeemed ON demo_coupon_redemptions (redeemed_at);

-- Work at the customers'.
CREATE TABLE demo_jobs (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  kind TEXT NOT NULL,           -- installation, repair, maintenance, inspection
  status TEXT NOT NULL,         -- new, scheduled, on_site (these are open); completed, failed
  reason TEXT NOT NULL,         -- why it failed: no_access, parts, unsafe, customer; else ''
  visits BIGINT NOT NULL,       -- to the customer so far
  work_seconds BIGINT NOT NULL, -- time on the job so far
  created_at BIGINT NOT NULL,
  responded_at BIGINT,          -- the technician first reached the customer; NULL until then
  closed_at BIGINT              -- completed or failed; NULL while it is open
);
CREATE INDEX demo_jobs_created ON demo_jobs (created_at);
CREATE INDEX demo_jobs_closed ON demo_jobs (closed_at);
CREATE INDEX demo_jobs_responded ON demo_jobs (responded_at);
CREATE TABLE demo_technicians (
  id BIGINT PRIMARY KEY,
  team TEXT NOT NULL,           -- north, south, east, west
  state TEXT NOT NULL           -- available, on_job, travelling, off
);
CREATE TABLE demo_shifts (
  id BIGINT PRIMARY KEY,
  technician_id BIGINT NOT NULL,
  team TEXT NOT NULL,
  begins_at BIGINT NOT NULL,
  available_seconds BIGINT NOT NULL,  -- rostered
  productive_seconds BIGINT NOT NULL  -- on jobs; at most available_seconds
);
CREATE INDEX demo_shifts_begins ON demo_shifts (begins_at);

-- Production.
CREATE TABLE demo_batches (
  id BIGINT PRIMARY KEY,
  process TEXT NOT NULL,        -- assembly, painting, packing
  units BIGINT NOT NULL,
  opportunities BIGINT NOT NULL, -- for defects, of all units of the batch
  produced_at BIGINT NOT NULL
);
CREATE INDEX demo_batches_produced ON demo_batches (produced_at);
CREATE TABLE demo_defects (
  id BIGINT PRIMARY KEY,
  batch_id BIGINT NOT NULL,
  process TEXT NOT NULL,
  defect TEXT NOT NULL,         -- scratch, misfit, colour, missing_part
  defects BIGINT NOT NULL,      -- how many
  found_at BIGINT NOT NULL
);
CREATE INDEX demo_defects_found ON demo_defects (found_at);
CREATE TABLE demo_measurements (
  id BIGINT PRIMARY KEY,
  process TEXT NOT NULL,
  characteristic TEXT NOT NULL, -- with its unit: bore_mm, thickness_um, weight_g
  value DOUBLE PRECISION NOT NULL,
  measured_at BIGINT NOT NULL
);
CREATE INDEX demo_measurements_measured ON demo_measurements (measured_at);
CREATE TABLE demo_spec_limits (
  process TEXT NOT NULL,
  characteristic TEXT NOT NULL,
  lower_limit DOUBLE PRECISION, -- NULL: none
  upper_limit DOUBLE PRECISION, -- NULL: none
  PRIMARY KEY (process, characteristic)
);

-- Messages.
CREATE TABLE demo_email_logs (
  id BIGINT PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  template TEXT NOT NULL,       -- welcome, invoice, reminder, password_reset, newsletter
  queued_at BIGINT NOT NULL,
  sent_at BIGINT,               -- handed to the relay; NULL while it waits
  delivered_at BIGINT,          -- NULL until it is confirmed
  bounced_at BIGINT,            -- NULL unless it bounced
  bounce TEXT NOT NULL,         -- hard, soft; else ''
  complained_at BIGINT          -- reported as spam; NULL otherwise
);
CREATE INDEX demo_email_logs_sent ON demo_email_logs (sent_at);
CREATE TABLE demo_webhooks (
  id BIGINT PRIMARY KEY,
  endpoint TEXT NOT NULL,       -- a name, not an address: orders, billing, crm
  state TEXT NOT NULL,          -- pending, delivered, exhausted (given up)
  created_at BIGINT NOT NULL
);
CREATE TABLE demo_webhook_logs (
  id BIGINT PRIMARY KEY,
  webhook_id BIGINT NOT NULL,
  endpoint TEXT NOT NULL,
  reason TEXT NOT NULL,         -- why the attempt failed: timeout, connect, tls, http_4xx, http_5xx; '' when it worked
  duration_ms BIGINT NOT NULL,
  attempted_at BIGINT NOT NULL
);
CREATE INDEX demo_webhook_logs_attempted ON demo_webhook_logs (attempted_at);

-- The API: one row an hour, route and plan.
CREATE TABLE demo_api_usage (
  id BIGINT PRIMARY KEY,
  route TEXT NOT NULL,          -- "/v1/orders": the pattern, not the path
  plan TEXT NOT NULL,
  requests BIGINT NOT NULL,     -- all of them, the failed and refused ones too
  client_errors BIGINT NOT NULL, -- answered 4xx, those over quota too
  server_errors BIGINT NOT NULL, -- answered 5xx
  quota_exceeded BIGINT NOT NULL, -- refused because the quota was used up
  begins_at BIGINT NOT NULL     -- of the hour
);
CREATE INDEX demo_api_usage_begins ON demo_api_usage (begins_at);
CREATE TABLE demo_api_keys (
  id BIGINT PRIMARY KEY,
  organisation_id BIGINT NOT NULL,
  plan TEXT NOT NULL,
  quota_requests BIGINT,        -- allowed in the current month; NULL: no limit
  used_requests BIGINT NOT NULL, -- in the current month
  last_used_at BIGINT           -- NULL: never
);
