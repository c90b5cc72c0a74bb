-- Pack "revenue": make these views over tables of yours. Times are Unix seconds (BIGINT); in PostgreSQL
-- CAST(extract(epoch FROM created_at) AS BIGINT), in SQLite CAST(strftime('%s', created_at) AS BIGINT).
-- Money is in minor units (cents) as an integer; currencies are never added up.

-- What was booked, a row a booking. Refunds are rows of their own in kpi_refunds, not negative bookings.
CREATE VIEW kpi_bookings AS
SELECT currency,          -- TEXT: "EUR"
       line,              -- TEXT: the line of business, a small fixed set
       amount_minor,      -- BIGINT
       booked_at          -- BIGINT
FROM demo_bookings;

CREATE VIEW kpi_refunds AS
SELECT currency, line, amount_minor,
       refunded_at        -- BIGINT
FROM demo_refunds;

-- Running subscriptions, a row each, with what it brings a month (a yearly plan: a twelfth).
CREATE VIEW kpi_recurring AS
SELECT currency, plan,    -- TEXT
       monthly_minor,     -- BIGINT
       started_at,        -- BIGINT
       ended_at           -- BIGINT, NULL while it runs
FROM demo_subscriptions;

CREATE VIEW kpi_invoices AS
SELECT currency, amount_minor,
       issued_at,         -- BIGINT
       due_at,            -- BIGINT
       paid_at            -- BIGINT, NULL while it is open
FROM demo_invoices;

-- Attempts to pay, for the completion of payments.
CREATE VIEW kpi_payments AS
SELECT method,            -- TEXT: card, transfer, ...
       status,            -- TEXT: succeeded, failed, abandoned
       created_at         -- BIGINT
FROM demo_payments;

CREATE VIEW kpi_orders AS
SELECT channel,           -- TEXT: web, phone, ...
       status,            -- TEXT: open, completed, cancelled
       reason,            -- TEXT: why it was cancelled, else ''
       currency, amount_minor,
       created_at,        -- BIGINT
       completed_at       -- BIGINT, NULL until then
FROM demo_orders;
