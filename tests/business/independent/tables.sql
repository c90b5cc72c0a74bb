-- The views of the packs as tables, so that rows can be written by hand.
CREATE TABLE kpi_bookings (currency TEXT, line TEXT, amount_minor BIGINT, booked_at BIGINT);
CREATE TABLE kpi_refunds (currency TEXT, line TEXT, amount_minor BIGINT, refunded_at BIGINT);
CREATE TABLE kpi_recurring (currency TEXT, plan TEXT, monthly_minor BIGINT, started_at BIGINT, ended_at BIGINT);
CREATE TABLE kpi_invoices (currency TEXT, amount_minor BIGINT, issued_at BIGINT, due_at BIGINT, paid_at BIGINT);
CREATE TABLE kpi_payments (method TEXT, status TEXT, created_at BIGINT);
CREATE TABLE kpi_orders (channel TEXT, status TEXT, reason TEXT, currency TEXT, amount_minor BIGINT, created_at BIGINT,
  completed_at BIGINT, cancelled_at BIGINT);
CREATE TABLE kpi_customers (status TEXT, channel TEXT, signed_up_at BIGINT, cohort TEXT, churned_at BIGINT,
  churn_month TEXT, churn_reason TEXT);
CREATE TABLE kpi_csat (score BIGINT, answered_at BIGINT);
CREATE TABLE kpi_nps (score BIGINT, answered_at BIGINT);
CREATE TABLE kpi_jobs (kind TEXT, status TEXT, reason TEXT, visits BIGINT, duration_seconds BIGINT, created_at BIGINT,
  responded_at BIGINT, closed_at BIGINT);
CREATE TABLE kpi_technicians (team TEXT, state TEXT);
CREATE TABLE kpi_technician_time (team TEXT, available_seconds BIGINT, productive_seconds BIGINT, begins_at BIGINT);
CREATE TABLE kpi_production (process TEXT, units BIGINT, opportunities BIGINT, produced_at BIGINT);
CREATE TABLE kpi_defects (process TEXT, defect TEXT, defects BIGINT, found_at BIGINT);
CREATE TABLE kpi_measurements (process TEXT, characteristic TEXT, value DOUBLE PRECISION, measured_at BIGINT);
CREATE TABLE kpi_spec_limits (process TEXT, characteristic TEXT, lower_limit DOUBLE PRECISION,
  upper_limit DOUBLE PRECISION);
CREATE TABLE kpi_email_logs (template TEXT, queued_at BIGINT, sent_at BIGINT, delivered_at BIGINT, bounced_at BIGINT,
  bounce TEXT, complained_at BIGINT);
CREATE TABLE kpi_webhooks (endpoint TEXT, state TEXT, created_at BIGINT);
CREATE TABLE kpi_webhook_logs (endpoint TEXT, reason TEXT, duration_ms BIGINT, attempted_at BIGINT);
CREATE TABLE kpi_api_usage (route TEXT, plan TEXT, requests BIGINT, client_errors BIGINT, server_errors BIGINT,
  quota_exceeded BIGINT, begins_at BIGINT);
CREATE TABLE kpi_api_keys (plan TEXT, quota_requests BIGINT, used_requests BIGINT, last_used_at BIGINT);
CREATE TABLE kpi_plans (plan TEXT, currency TEXT, billing TEXT, price_minor BIGINT);
CREATE TABLE kpi_subscriptions (plan TEXT, status TEXT, started_at BIGINT, trial_ends_at BIGINT, paid_from BIGINT,
  ended_at BIGINT, end_reason TEXT);
CREATE TABLE kpi_coupons (coupon TEXT, valid_from BIGINT, valid_until BIGINT);
CREATE TABLE kpi_coupon_redemptions (coupon TEXT, currency TEXT, discount_minor BIGINT, redeemed_at BIGINT);
