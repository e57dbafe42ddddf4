-- The level of each wet well an hour before as_of: the last good reading of the quarter of an hour up to then. `readings`
-- and `wells` (point_id, site_id) are given.
WITH told AS (
    SELECT
        readings.point_id,
        readings.ts,
        arg_max(readings.value, (readings.received_at, readings.batch_seq))   AS value,
        arg_max(readings.quality, (readings.received_at, readings.batch_seq)) AS quality
    FROM readings
    WHERE readings.ts <= getvariable('until') AND readings.ts > getvariable('until') - INTERVAL '15' MINUTE
    GROUP BY readings.point_id, readings.ts
)

SELECT
    wells.site_id,
    max_by(told.value, told.ts) AS level_m
FROM told
JOIN wells ON wells.point_id = told.point_id
WHERE told.quality IN ('good', 'manual')
GROUP BY wells.site_id
