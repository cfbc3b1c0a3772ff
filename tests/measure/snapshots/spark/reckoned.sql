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
    CASE WHEN received < DATE '2023-12-15' THEN 0 WHEN received >= DATE '2025-01-01' THEN 27 ELSE (year(received) * 12 + month(received)) * 2 + CAST(day(received) >= 15 AS INTEGER) - 48576 + CAST(received >= DATE '2024-05-10' AS INTEGER) END AS slot_0
  FROM records
)
SELECT
  _unit, slot_0, grouping_id() AS grouped,
  count(*) FILTER (WHERE CAST(datediff(closed, received) AS BIGINT) <= 5 AND CAST(closed AS DATE) <> DATE '2024-02-29') AS q0,
  count(*) FILTER (WHERE pages % nullif(3, 0) + 1 = 2 AND channel IN ('portal', 'post') OR CAST(length(note) AS BIGINT) > 9) AS q1,
  count(*) AS q2
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0))
