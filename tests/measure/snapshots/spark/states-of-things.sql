WITH records AS (
  SELECT *, lead(as_of) OVER (PARTITION BY site ORDER BY as_of) AS _until
  FROM sites_at_7
),
placed AS (
  SELECT
    _unit,
    as_of,
    visits,
    works,
    _until,
    CAST(datediff(as_of, DATE '1970-01-01') AS BIGINT) AS _day_number,
    CASE WHEN as_of < DATE '2023-12-15' THEN 0 WHEN as_of >= DATE '2025-01-01' THEN 27 ELSE (year(as_of) * 12 + month(as_of)) * 2 + CAST(day(as_of) >= 15 AS INTEGER) - 48576 + CAST(as_of >= DATE '2024-05-10' AS INTEGER) END AS slot_0,
    CASE WHEN _until < DATE '2023-12-15' THEN 0 WHEN _until >= DATE '2025-01-01' THEN 27 ELSE (year(_until) * 12 + month(_until)) * 2 + CAST(day(_until) >= 15 AS INTEGER) - 48576 + CAST(_until >= DATE '2024-05-10' AS INTEGER) END AS slot_1
  FROM records
)
SELECT
  _unit, slot_0, slot_1, grouping_id() AS grouped,
  count(*) AS q0,
  count(*) FILTER (WHERE NOT _until IS NULL) AS q0_out,
  count(*) FILTER (WHERE works AND NOT visits IS NULL) AS q1,
  count(*) FILTER (WHERE works AND NOT visits IS NULL AND NOT _until IS NULL) AS q1_out,
  count(*) FILTER (WHERE works) AS q2,
  count(*) FILTER (WHERE works AND NOT _until IS NULL) AS q2_out,
  sum(_day_number) AS q3,
  sum(_day_number) FILTER (WHERE NOT _until IS NULL) AS q3_out,
  sum(_day_number) FILTER (WHERE works) AS q4,
  sum(_day_number) FILTER (WHERE works AND NOT _until IS NULL) AS q4_out,
  sum(visits) FILTER (WHERE works) AS q5,
  sum(visits) FILTER (WHERE works AND NOT _until IS NULL) AS q5_out
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1))
