WITH states AS (
  SELECT *, lead(as_of) OVER (PARTITION BY _unit, item ORDER BY as_of) AS _next
  FROM lake.reported AT (VERSION => 7)
),
heard AS (
  SELECT s._unit AS _unit, s.item AS item, h.path, min(f.as_of) AS first
  FROM states s JOIN heirs h ON h.source = s._unit
  LEFT JOIN states f ON f._unit = h.target AND f.item = s.item AND f.as_of >= h.day
  WHERE s._next IS NULL
  GROUP BY s._unit, s.item, h.path
),
taken_over AS (
  SELECT _unit, item, max(first) AS day
  FROM heard
  GROUP BY _unit, item HAVING count(first) = count(*)
),
records AS (
  SELECT s.*, coalesce(s._next, CASE WHEN t.day > s.as_of THEN t.day END) AS _until
  FROM states s LEFT JOIN taken_over t ON t._unit = s._unit AND t.item = s.item
),
placed AS (
  SELECT
    _unit,
    as_of,
    met,
    _until,
    date_diff('day', DATE '1970-01-01', as_of) AS _day_number,
    CASE WHEN as_of < DATE '2023-12-15' THEN 0 WHEN as_of >= DATE '2025-01-01' THEN 27 ELSE (year(as_of) * 12 + month(as_of)) * 2 + CAST(day(as_of) >= 15 AS INTEGER) - 48576 + CAST(as_of >= DATE '2024-05-10' AS INTEGER) END AS slot_0,
    CASE WHEN _until < DATE '2023-12-15' THEN 0 WHEN _until >= DATE '2025-01-01' THEN 27 ELSE (year(_until) * 12 + month(_until)) * 2 + CAST(day(_until) >= 15 AS INTEGER) - 48576 + CAST(_until >= DATE '2024-05-10' AS INTEGER) END AS slot_1
  FROM records
)
SELECT
  _unit, slot_0, slot_1, GROUPING(slot_0, slot_1) AS grouped,
  count(*) FILTER (WHERE NOT met IS NULL) AS q0,
  count(*) FILTER (WHERE NOT met IS NULL AND NOT _until IS NULL) AS q0_out,
  count(*) FILTER (WHERE met) AS q1,
  count(*) FILTER (WHERE met AND NOT _until IS NULL) AS q1_out,
  count(*) AS q2,
  count(*) FILTER (WHERE NOT _until IS NULL) AS q2_out,
  CAST(sum(_day_number) FILTER (WHERE NOT met IS NULL) AS BIGINT) AS q3,
  CAST(sum(_day_number) FILTER (WHERE NOT met IS NULL AND NOT _until IS NULL) AS BIGINT) AS q3_out,
  CAST(sum(_day_number) FILTER (WHERE met) AS BIGINT) AS q4,
  CAST(sum(_day_number) FILTER (WHERE met AND NOT _until IS NULL) AS BIGINT) AS q4_out,
  CAST(sum(_day_number) AS BIGINT) AS q5,
  CAST(sum(_day_number) FILTER (WHERE NOT _until IS NULL) AS BIGINT) AS q5_out
FROM placed
GROUP BY GROUPING SETS ((_unit, slot_0), (_unit, slot_1))
