WITH records AS (
  SELECT * FROM dossiers_at_7
),
placed AS (
  SELECT
    _unit,
    channel,
    closed,
    note,
    pages,
    received,
    CASE WHEN received < toDate32('2023-12-15') THEN 0 WHEN received >= toDate32('2025-01-01') THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= toDate32('2024-05-10') AS INTEGER) END AS slot_0
  FROM records
)
SELECT
  _unit, slot_0, GROUPING(slot_0) AS grouped,
  count(*) FILTER (WHERE dateDiff('day', received, closed) <= 5 AND toDate32(closed) <> toDate32('2024-02-29')) AS q0,
  count(*) FILTER (WHERE accurateCast(toInt128(accurateCast(toInt128(pages) % nullif((3), 0), 'Nullable(Int64)')) + 1, 'Nullable(Int64)') = 2 AND (channel = 'portal' OR channel = 'post') OR lengthUTF8(note) > 9) AS q1,
  count(*) AS q2
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0))
