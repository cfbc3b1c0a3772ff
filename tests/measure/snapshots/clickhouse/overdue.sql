WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    closed,
    due,
    received,
    CASE WHEN (toDate32(due) + 1) < toDate32('2023-12-15') THEN 0 WHEN (toDate32(due) + 1) >= toDate32('2025-01-01') THEN 27 ELSE (year((toDate32(due) + 1)) * 12 + month((toDate32(due) + 1))) * 2 + CAST(day((toDate32(due) + 1)) >= 15 AS INTEGER) - 48576 + CAST((toDate32(due) + 1) >= toDate32('2024-05-10') AS INTEGER) END AS slot_0,
    CASE WHEN closed < toDate32('2023-12-15') THEN 0 WHEN closed >= toDate32('2025-01-01') THEN 27 ELSE (year(closed) * 12 + month(closed)) * 2 + CAST(day(closed) >= 15 AS INTEGER) - 48576 + CAST(closed >= toDate32('2024-05-10') AS INTEGER) END AS slot_1,
    CASE WHEN received < toDate32('2023-12-15') THEN 0 WHEN received >= toDate32('2025-01-01') THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= toDate32('2024-05-10') AS INTEGER) END AS slot_2,
    CASE WHEN (toDate32(received) + 1) < toDate32('2023-12-15') THEN 0 WHEN (toDate32(received) + 1) >= toDate32('2025-01-01') THEN 27 ELSE (year((toDate32(received) + 1)) * 12 + month((toDate32(received) + 1))) * 2 + CAST(day((toDate32(received) + 1)) >= 15 AS INTEGER) - 48576 + CAST((toDate32(received) + 1) >= toDate32('2024-05-10') AS INTEGER) END AS slot_3
  FROM records
)
SELECT
  _unit, slot_0, slot_1, slot_2, slot_3, GROUPING(slot_0, slot_1, slot_2, slot_3) AS grouped,
  count(*) FILTER (WHERE closed IS NULL OR dateDiff('day', due, closed) > 1) AS q0,
  count(*) FILTER (WHERE dateDiff('day', due, closed) > 1) AS q0_out,
  count(*) AS q1,
  count(*) FILTER (WHERE closed IS NULL OR dateDiff('day', received, closed) > 1) AS q2,
  count(*) FILTER (WHERE dateDiff('day', received, closed) > 1) AS q2_out
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1), (_unit, slot_2), (_unit, slot_3))
