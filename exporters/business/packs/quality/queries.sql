-- name: production
SELECT process, CAST(sum(units) AS BIGINT) AS units, CAST(sum(opportunities) AS BIGINT) AS opportunities,
       max(produced_at) AS newest
FROM {schema}kpi_production GROUP BY process

-- name: defects
SELECT process, defect, CAST(sum(defects) AS BIGINT) AS defects
FROM {schema}kpi_defects GROUP BY process, defect

-- name: dpmo
SELECT p.process AS process, 1000000 * CAST(coalesce(d.defects, 0) AS DOUBLE PRECISION) / p.opportunities AS dpmo
FROM (SELECT process, sum(opportunities) AS opportunities FROM {schema}kpi_production
      WHERE produced_at BETWEEN {now} - 2592000 AND {now} GROUP BY process) p
LEFT JOIN (SELECT process, sum(defects) AS defects FROM {schema}kpi_defects
           WHERE found_at BETWEEN {now} - 2592000 AND {now} GROUP BY process) d ON d.process = p.process
WHERE p.opportunities > 0

-- name: capability
WITH recent AS (
  SELECT process, characteristic, value FROM {schema}kpi_measurements
  WHERE measured_at BETWEEN {now} - 2592000 AND {now}
),
means AS (
  SELECT process, characteristic, count(*) AS n, avg(value) AS mean, min(value) AS low, max(value) AS high
  FROM recent GROUP BY process, characteristic
),
squares AS (
  SELECT m.process AS process, m.characteristic AS characteristic,
         sum((r.value - m.mean) * (r.value - m.mean)) AS total
  FROM recent r JOIN means m ON m.process = r.process AND m.characteristic = r.characteristic
  GROUP BY m.process, m.characteristic
),
spreads AS (
  -- Of equal values the sum of squares need not be exactly 0.
  SELECT m.process AS process, m.characteristic AS characteristic, m.n AS samples,
         CASE WHEN m.low = m.high THEN m.low ELSE m.mean END AS mean,
         CASE WHEN m.n < 2 THEN NULL WHEN m.low = m.high THEN 0 ELSE sqrt(s.total / (m.n - 1)) END AS stddev
  FROM means m JOIN squares s ON s.process = m.process AND s.characteristic = m.characteristic
)
SELECT s.process AS process, s.characteristic AS characteristic, s.samples AS samples, s.mean AS mean,
       s.stddev AS stddev, (l.upper_limit - l.lower_limit) / (6 * nullif(s.stddev, 0)) AS cp,
       CASE WHEN l.lower_limit IS NULL OR l.upper_limit - s.mean < s.mean - l.lower_limit
            THEN l.upper_limit - s.mean
            ELSE s.mean - l.lower_limit END / (3 * nullif(s.stddev, 0)) AS cpk
FROM spreads s
LEFT JOIN {schema}kpi_spec_limits l ON l.process = s.process AND l.characteristic = s.characteristic

-- name: spec_limits
SELECT process, characteristic, lower_limit, upper_limit FROM {schema}kpi_spec_limits

-- name: report_units
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.process AS process,
       CAST(sum(v.units) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_production v ON v.produced_at >= p.begins AND v.produced_at < p.ends
GROUP BY p.label, v.process

-- name: report_defects
WITH periods(label, begins, ends) AS (VALUES {periods})
SELECT p.label AS period, v.process AS process, v.defect AS defect,
       CAST(sum(v.defects) AS BIGINT) AS value
FROM periods p JOIN {schema}kpi_defects v ON v.found_at >= p.begins AND v.found_at < p.ends
GROUP BY p.label, v.process, v.defect

-- name: report_dpmo
WITH periods(label, begins, ends) AS (VALUES {periods}),
produced AS (
  SELECT p.label AS label, v.process AS process, sum(v.opportunities) AS opportunities
  FROM periods p JOIN {schema}kpi_production v ON v.produced_at >= p.begins AND v.produced_at < p.ends
  GROUP BY p.label, v.process
),
found AS (
  SELECT p.label AS label, v.process AS process, sum(v.defects) AS defects
  FROM periods p JOIN {schema}kpi_defects v ON v.found_at >= p.begins AND v.found_at < p.ends
  GROUP BY p.label, v.process
)
SELECT p.label AS period, p.process AS process,
       1000000 * CAST(coalesce(f.defects, 0) AS DOUBLE PRECISION) / p.opportunities AS value
FROM produced p LEFT JOIN found f ON f.label = p.label AND f.process = p.process
WHERE p.opportunities > 0
