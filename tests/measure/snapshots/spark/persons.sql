WITH records AS (
  SELECT * FROM dossiers_at_7
)
SELECT DISTINCT _unit, CASE WHEN closed < DATE '2023-12-15' THEN 0 WHEN closed >= DATE '2025-01-01' THEN 27 ELSE (year(closed) * 12 + month(closed)) * 2 + CAST(day(closed) >= 15 AS INTEGER) - 48576 + CAST(closed >= DATE '2024-05-10' AS INTEGER) END AS slot, citizen AS who
FROM (SELECT * FROM records)
WHERE online AND citizen IS NOT NULL AND closed IS NOT NULL
