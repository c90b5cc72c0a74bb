-- Pack "quality": make these views over tables of yours; those here read the demo company's. Times are Unix
-- seconds (BIGINT): in PostgreSQL CAST(extract(epoch FROM created_at AT TIME ZONE 'UTC') AS BIGINT), in
-- SQLite CAST(strftime('%s', created_at) AS BIGINT). Columns are never NULL unless it says so. Each text
-- column is a label, or part of one: few different values. An index on the times (over the very expression)
-- keeps reports fast.

-- What was produced, a row a batch (or hour, or day). Defects per million opportunities (DPMO) of a time are
-- 1,000,000 * defects found in it / opportunities produced in it.
CREATE VIEW kpi_production AS
SELECT process,           -- TEXT
       units,             -- BIGINT
       opportunities,     -- BIGINT: for defects, of all these units
       produced_at        -- BIGINT
FROM demo_batches;

-- Defects that were found, a row for each kind and time.
CREATE VIEW kpi_defects AS
SELECT process,           -- TEXT: as in kpi_production
       defect,            -- TEXT: the kind
       defects,           -- BIGINT: how many
       found_at           -- BIGINT
FROM demo_defects;

-- Measurements, a row each.
CREATE VIEW kpi_measurements AS
SELECT process,           -- TEXT
       characteristic,    -- TEXT: what is measured, with its unit: bore_mm
       value,             -- DOUBLE PRECISION
       measured_at        -- BIGINT
FROM demo_measurements;

-- Specification limits: at most one row a process and characteristic.
CREATE VIEW kpi_spec_limits AS
SELECT process,           -- TEXT
       characteristic,    -- TEXT
       lower_limit,       -- DOUBLE PRECISION, NULL: none
       upper_limit        -- DOUBLE PRECISION, NULL: none
FROM demo_spec_limits;
