--: counter business_process_units_total
SELECT process, sum(units) AS value FROM kpi_production GROUP BY process

--: counter business_process_opportunities_total
SELECT process, sum(opportunities) AS value FROM kpi_production GROUP BY process

--: counter business_process_defects_total
SELECT process, defect, sum(defects) AS value FROM kpi_defects GROUP BY process, defect

--: gauge business_process_dpmo
SELECT process, 1000000.0 * coalesce((SELECT sum(d.defects) FROM kpi_defects d WHERE d.process = o.process
    AND d.found_at BETWEEN {now} - 2592000 AND {now}), 0) / opportunities AS value
FROM (SELECT process, sum(opportunities) AS opportunities FROM kpi_production
      WHERE produced_at BETWEEN {now} - 2592000 AND {now} GROUP BY process) o
WHERE opportunities > 0

-- As DPMO: the level is computed from it.
--: sigma business_process_sigma_level
SELECT process, 1000000.0 * coalesce((SELECT sum(d.defects) FROM kpi_defects d WHERE d.process = o.process
    AND d.found_at BETWEEN {now} - 2592000 AND {now}), 0) / opportunities AS value
FROM (SELECT process, sum(opportunities) AS opportunities FROM kpi_production
      WHERE produced_at BETWEEN {now} - 2592000 AND {now} GROUP BY process) o
WHERE opportunities > 0

--: gauge business_process_samples
SELECT process, characteristic, count(*) AS value FROM kpi_measurements
WHERE measured_at BETWEEN {now} - 2592000 AND {now} GROUP BY process, characteristic

--: gauge business_process_mean
SELECT process, characteristic, avg(value) AS value FROM kpi_measurements
WHERE measured_at BETWEEN {now} - 2592000 AND {now} GROUP BY process, characteristic

-- In two passes, so that nothing is lost where the values are large and differ little.
--: gauge business_process_stddev
WITH recent AS (SELECT * FROM kpi_measurements WHERE measured_at BETWEEN {now} - 2592000 AND {now}),
middle AS (SELECT process, characteristic, avg(value) AS mean, count(*) AS n, max(value) - min(value) AS spread
           FROM recent GROUP BY process, characteristic)
SELECT m.process, m.characteristic,
       CASE WHEN m.spread = 0 THEN 0 ELSE sqrt(sum((r.value - m.mean) * (r.value - m.mean)) / (m.n - 1)) END AS value
FROM middle m JOIN recent r ON r.process = m.process AND r.characteristic = m.characteristic
WHERE m.n > 1 GROUP BY m.process, m.characteristic, m.n, m.spread

--: gauge business_process_cp
WITH recent AS (SELECT * FROM kpi_measurements WHERE measured_at BETWEEN {now} - 2592000 AND {now}),
middle AS (SELECT process, characteristic, avg(value) AS mean, count(*) AS n, max(value) - min(value) AS spread
           FROM recent GROUP BY process, characteristic),
deviation AS (
  SELECT m.process, m.characteristic, sqrt(sum((r.value - m.mean) * (r.value - m.mean)) / (m.n - 1)) AS s
  FROM middle m JOIN recent r ON r.process = m.process AND r.characteristic = m.characteristic
  WHERE m.n > 1 AND m.spread > 0 GROUP BY m.process, m.characteristic, m.n)
SELECT d.process, d.characteristic, (l.upper_limit - l.lower_limit) / (6 * d.s) AS value
FROM deviation d JOIN kpi_spec_limits l ON l.process = d.process AND l.characteristic = d.characteristic
WHERE l.upper_limit IS NOT NULL AND l.lower_limit IS NOT NULL

--: gauge business_process_cpk
WITH recent AS (SELECT * FROM kpi_measurements WHERE measured_at BETWEEN {now} - 2592000 AND {now}),
middle AS (SELECT process, characteristic, avg(value) AS mean, count(*) AS n, max(value) - min(value) AS spread
           FROM recent GROUP BY process, characteristic),
deviation AS (
  SELECT m.process, m.characteristic, m.mean,
         sqrt(sum((r.value - m.mean) * (r.value - m.mean)) / (m.n - 1)) AS s
  FROM middle m JOIN recent r ON r.process = m.process AND r.characteristic = m.characteristic
  WHERE m.n > 1 AND m.spread > 0 GROUP BY m.process, m.characteristic, m.mean, m.n),
sides AS (
  SELECT d.process, d.characteristic, (l.upper_limit - d.mean) / (3 * d.s) AS side
  FROM deviation d JOIN kpi_spec_limits l ON l.process = d.process AND l.characteristic = d.characteristic
  UNION ALL
  SELECT d.process, d.characteristic, (d.mean - l.lower_limit) / (3 * d.s)
  FROM deviation d JOIN kpi_spec_limits l ON l.process = d.process AND l.characteristic = d.characteristic)
SELECT process, characteristic, min(side) AS value FROM sides WHERE side IS NOT NULL
GROUP BY process, characteristic

--: gauge business_process_lower_spec_limit
SELECT process, characteristic, lower_limit AS value FROM kpi_spec_limits WHERE lower_limit IS NOT NULL

--: gauge business_process_upper_spec_limit
SELECT process, characteristic, upper_limit AS value FROM kpi_spec_limits WHERE upper_limit IS NOT NULL

--: watermark quality_production
SELECT max(produced_at) AS value FROM kpi_production

--: report units
SELECT process, sum(units) AS value FROM kpi_production
WHERE produced_at >= {begins} AND produced_at < {ends} GROUP BY process

--: report defects
SELECT process, defect, sum(defects) AS value FROM kpi_defects
WHERE found_at >= {begins} AND found_at < {ends} GROUP BY process, defect

--: report dpmo
SELECT process, 1000000.0 * coalesce((SELECT sum(d.defects) FROM kpi_defects d WHERE d.process = o.process
    AND d.found_at >= {begins} AND d.found_at < {ends}), 0) / opportunities AS value
FROM (SELECT process, sum(opportunities) AS opportunities FROM kpi_production
      WHERE produced_at >= {begins} AND produced_at < {ends} GROUP BY process) o
WHERE opportunities > 0

-- As DPMO: the level is computed from it.
--: report-sigma sigma_level
SELECT process, 1000000.0 * coalesce((SELECT sum(d.defects) FROM kpi_defects d WHERE d.process = o.process
    AND d.found_at >= {begins} AND d.found_at < {ends}), 0) / opportunities AS value
FROM (SELECT process, sum(opportunities) AS opportunities FROM kpi_production
      WHERE produced_at >= {begins} AND produced_at < {ends} GROUP BY process) o
WHERE opportunities > 0
