WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    received,
    CASE _level WHEN 'agency' THEN 'province' ELSE _level END AS unit_level,
    CASE WHEN received < toDate32('2023-12-15') THEN 0 WHEN received >= toDate32('2025-01-01') THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= toDate32('2024-05-10') AS INTEGER) END AS slot_0
  FROM records
)
SELECT
  _unit, slot_0, GROUPING(slot_0) AS grouped,
  count(*) AS q0,
  count(*) FILTER (WHERE unit_level = 'commune') AS q1
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0))
