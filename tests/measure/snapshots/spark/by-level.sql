WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    received,
    CASE _level WHEN 'agency' THEN 'province' ELSE _level END AS unit_level,
    CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot_0
  FROM records
)
SELECT
  _unit, slot_0, grouping_id() AS grouped,
  count(*) AS q0,
  count(*) FILTER (WHERE unit_level = 'commune') AS q1
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0))
