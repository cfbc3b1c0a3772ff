WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    closed,
    due,
    received,
    CASE WHEN date_add(CAST(due AS DATE), 1) < DATE '2023-12-15' THEN 0 WHEN date_add(CAST(due AS DATE), 1) >= DATE '2025-01-01' THEN 27 ELSE (year(date_add(CAST(due AS DATE), 1)) * 12 + month(date_add(CAST(due AS DATE), 1))) * 2 + CAST(day(date_add(CAST(due AS DATE), 1)) >= 15 AS INTEGER) - 48576 + CAST(date_add(CAST(due AS DATE), 1) >= DATE '2024-05-10' AS INTEGER) END AS slot_0,
    CASE WHEN closed < DATE '2023-12-15' THEN 0 WHEN closed >= DATE '2025-01-01' THEN 27 ELSE (year(closed) * 12 + month(closed)) * 2 + CAST(day(closed) >= 15 AS INTEGER) - 48576 + CAST(closed >= DATE '2024-05-10' AS INTEGER) END AS slot_1,
    CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot_2,
    CASE WHEN date_add(CAST(received AS DATE), 1) < DATE '2023-12-15' THEN 0 WHEN date_add(CAST(received AS DATE), 1) >= DATE '2025-01-01' THEN 27 ELSE (year(date_add(CAST(received AS DATE), 1)) * 12 + month(date_add(CAST(received AS DATE), 1))) * 2 + CAST(day(date_add(CAST(received AS DATE), 1)) >= 15 AS INTEGER) - 48576 + CAST(date_add(CAST(received AS DATE), 1) >= DATE '2024-05-10' AS INTEGER) END AS slot_3
  FROM records
)
SELECT
  _unit, slot_0, slot_1, slot_2, slot_3, grouping_id() AS grouped,
  count(*) FILTER (WHERE closed IS NULL OR CAST(datediff(closed, due) AS BIGINT) > 1) AS q0,
  count(*) FILTER (WHERE CAST(datediff(closed, due) AS BIGINT) > 1) AS q0_out,
  count(*) AS q1,
  count(*) FILTER (WHERE closed IS NULL OR CAST(datediff(closed, received) AS BIGINT) > 1) AS q2,
  count(*) FILTER (WHERE CAST(datediff(closed, received) AS BIGINT) > 1) AS q2_out
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1), (_unit, slot_2), (_unit, slot_3))
