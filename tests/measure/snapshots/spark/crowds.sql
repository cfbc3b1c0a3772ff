WITH records AS (
  SELECT * FROM dossiers_at_7
),
crowds AS (
  SELECT _unit, CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot, count(*) AS n
  FROM (SELECT *, CASE _level WHEN 'agency' THEN 'province' ELSE _level END AS unit_level FROM records)
  WHERE online AND citizen IS NOT NULL
    AND received IS NOT NULL
  GROUP BY _unit, slot, citizen HAVING count(*) >= 20
)
SELECT _unit, slot, sum(n) AS n FROM crowds GROUP BY _unit, slot
