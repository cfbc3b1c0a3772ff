WITH records AS (
  SELECT * FROM lake.dossiers AT (VERSION => 7)
),
placed AS (
  SELECT
    _unit,
    closed,
    due,
    received,
    CASE WHEN (CAST(due AS DATE) + 1) < DATE '2023-12-15' THEN 0 WHEN (CAST(due AS DATE) + 1) >= DATE '2025-01-01' THEN 27 ELSE (year((CAST(due AS DATE) + 1)) * 12 + month((CAST(due AS DATE) + 1))) * 2 + CAST(day((CAST(due AS DATE) + 1)) >= 15 AS INTEGER) - 48576 + CAST((CAST(due AS DATE) + 1) >= DATE '2024-05-10' AS INTEGER) END AS slot_0,
    CASE WHEN closed < DATE '2023-12-15' THEN 0 WHEN closed >= DATE '2025-01-01' THEN 27 ELSE (year(closed) * 12 + month(closed)) * 2 + CAST(day(closed) >= 15 AS INTEGER) - 48576 + CAST(closed >= DATE '2024-05-10' AS INTEGER) END AS slot_1,
    CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot_2,
    CASE WHEN (CAST(received AS DATE) + 1) < DATE '2023-12-15' THEN 0 WHEN (CAST(received AS DATE) + 1) >= DATE '2025-01-01' THEN 27 ELSE (year((CAST(received AS DATE) + 1)) * 12 + month((CAST(received AS DATE) + 1))) * 2 + CAST(day((CAST(received AS DATE) + 1)) >= 15 AS INTEGER) - 48576 + CAST((CAST(received AS DATE) + 1) >= DATE '2024-05-10' AS INTEGER) END AS slot_3
  FROM records
)
SELECT
  _unit, slot_0, slot_1, slot_2, slot_3, GROUPING(slot_0, slot_1, slot_2, slot_3) AS grouped,
  count(*) FILTER (WHERE closed IS NULL OR date_diff('day', due, closed) > 1) AS q0,
  count(*) FILTER (WHERE date_diff('day', due, closed) > 1) AS q0_out,
  count(*) AS q1,
  count(*) FILTER (WHERE closed IS NULL OR date_diff('day', received, closed) > 1) AS q2,
  count(*) FILTER (WHERE date_diff('day', received, closed) > 1) AS q2_out
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1), (_unit, slot_2), (_unit, slot_3))
