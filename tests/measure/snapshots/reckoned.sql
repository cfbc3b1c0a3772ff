WITH records AS (
  SELECT * FROM lake.dossiers AT (VERSION => 7)
),
placed AS (
  SELECT
    _unit,
    channel,
    closed,
    note,
    pages,
    received,
    CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot_0
  FROM records
)
SELECT
  _unit, slot_0, GROUPING(slot_0) AS grouped,
  count(*) FILTER (WHERE date_diff('day', received, closed) <= 5 AND CAST(closed AS DATE) <> DATE '2024-02-29') AS q0,
  count(*) FILTER (WHERE pages % 3 + 1 = 2 AND channel IN ('portal', 'post') OR length(note) > 9) AS q1,
  count(*) AS q2
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0))
