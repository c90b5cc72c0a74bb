-- Pack "revenue": make these views over tables of yours; those here read the demo company's. Times are Unix
-- seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Money is in minor units (cents) as an integer;
-- currencies are never added up. Columns are never NULL unless it says so. Each text column is a label, or
-- part of one: few different values. An index on the times (over the very expression) keeps reports fast.

-- What was booked, a row a booking, never negative. Refunds are rows of kpi_refunds.
CREATE VIEW kpi_bookings AS
SELECT currency,          -- TEXT: "EUR"
       line,              -- TEXT: the line of business
       amount_minor,      -- BIGINT
       booked_at          -- BIGINT
FROM demo_bookings;

-- What was given back, a row a refund, positive, under the line of its booking.
CREATE VIEW kpi_refunds AS
SELECT currency,          -- TEXT
       line,              -- TEXT
       amount_minor,      -- BIGINT
       refunded_at        -- BIGINT
FROM demo_refunds;

-- Paid subscriptions, a row each, also the ended ones. The monthly recurring revenue at a time is the sum over
-- those with started_at <= time and (ended_at IS NULL or ended_at > time); the end of a period is its last
-- second.
CREATE VIEW kpi_recurring AS
SELECT currency,          -- TEXT
       plan,              -- TEXT
       monthly_minor,     -- BIGINT: what it brings a month (a yearly plan: a twelfth)
       paid_from AS started_at,  -- BIGINT: paid for since; trials are left out
       ended_at           -- BIGINT, NULL while it runs
FROM demo_subscriptions WHERE paid_from IS NOT NULL;

-- Invoices, a row each. Open ones (paid_at is NULL or still to come) are receivables; overdue is one whose due_at
-- has passed. Its first 30 times 24 hours are 1_30, the next 30 are 31_60, and so on.
CREATE VIEW kpi_invoices AS
SELECT currency,          -- TEXT
       amount_minor,      -- BIGINT: what is owed; a part that was paid is not in it
       issued_at,         -- BIGINT
       due_at,            -- BIGINT
       paid_at            -- BIGINT, NULL until a payment is known
FROM demo_invoices;

-- Attempts to pay, a row each.
CREATE VIEW kpi_payments AS
SELECT method,            -- TEXT: card, transfer, ...
       status,            -- TEXT: pending, succeeded, failed, abandoned
       created_at         -- BIGINT
FROM demo_payments;

-- Orders, a row each. Every status but completed and cancelled is an open one.
CREATE VIEW kpi_orders AS
SELECT channel,           -- TEXT: web, phone, ...
       status,            -- TEXT: new, confirmed, ... (open); completed; cancelled
       reason,            -- TEXT: why it was cancelled, else ''
       currency,          -- TEXT
       amount_minor,      -- BIGINT
       created_at,        -- BIGINT
       completed_at,      -- BIGINT, NULL unless completed
       cancelled_at       -- BIGINT, NULL unless cancelled
FROM demo_orders;
