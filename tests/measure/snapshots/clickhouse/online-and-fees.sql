WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    channel,
    closed,
    fee,
    online,
    paid_on,
    received,
    CASE WHEN paid_on < toDate32('2023-12-15') THEN 0 WHEN paid_on >= toDate32('2025-01-01') THEN 27 ELSE (year(paid_on) * 12 + month(paid_on)) * 2 + CAST(day(paid_on) >= 15 AS INTEGER) - 48576 + CAST(paid_on >= toDate32('2024-05-10') AS INTEGER) END AS slot_0,
    CASE WHEN closed < toDate32('2023-12-15') THEN 0 WHEN closed >= toDate32('2025-01-01') THEN 27 ELSE (year(closed) * 12 + month(closed)) * 2 + CAST(day(closed) >= 15 AS INTEGER) - 48576 + CAST(closed >= toDate32('2024-05-10') AS INTEGER) END AS slot_1,
    CASE WHEN received < toDate32('2023-12-15') THEN 0 WHEN received >= toDate32('2025-01-01') THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= toDate32('2024-05-10') AS INTEGER) END AS slot_2
  FROM records
)
SELECT
  _unit, slot_0, slot_1, slot_2, GROUPING(slot_0, slot_1, slot_2) AS grouped,
  count(*) FILTER (WHERE (online OR channel = 'post') AND NOT fee IS NULL) AS q0,
  count(*) FILTER (WHERE online AND channel <> 'counter') AS q1,
  count(*) FILTER (WHERE true AND NOT fee IS NULL) AS q2,
  count(*) AS q3,
  accurateCast(sum(toInt128(fee)) FILTER (WHERE online OR channel = 'post'), 'Nullable(Int64)') AS q4,
  accurateCast(sum(toInt128(fee)), 'Nullable(Int64)') AS q5
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1), (_unit, slot_2))
