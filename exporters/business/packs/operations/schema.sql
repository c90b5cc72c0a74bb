-- Pack "operations": make these views over tables of yours; those here read the demo company's. Times are
-- Unix seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- Jobs, a row each. Every status but completed and failed is an open one. Resolved on the first visit is a
-- completed job with visits = 1.
CREATE VIEW kpi_jobs AS
SELECT kind,              -- TEXT: installation, repair, ...
       status,            -- TEXT: new, scheduled, ... (open); completed; failed
       reason,            -- TEXT: why it failed, else ''
       visits,            -- BIGINT: to the customer so far
       work_seconds AS duration_seconds,  -- BIGINT: time on the job; counts once it is completed
       created_at,        -- BIGINT
       responded_at,      -- BIGINT: somebody first reached the customer; NULL until then
       closed_at          -- BIGINT: completed or failed; NULL while it is open
FROM demo_jobs;

-- Technicians, a row each, as they are now.
CREATE VIEW kpi_technicians AS
SELECT team,              -- TEXT
       state              -- TEXT: available, on_job, travelling, off
FROM demo_technicians;

-- Their time, a row a technician and shift. Utilisation is productive over available.
CREATE VIEW kpi_technician_time AS
SELECT team,              -- TEXT
       available_seconds, -- BIGINT: rostered
       productive_seconds, -- BIGINT: of these, on jobs
       begins_at          -- BIGINT
FROM demo_shifts;
