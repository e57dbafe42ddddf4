-- The points of a site as they are now: group, value with its age, quality, the limit of today (of a wet well its alarm
-- level) and whether the value keeps it. State: alarm at the alarm level or past the limit, warning past the early warning,
-- unknown where the value is too old, normal else.
SELECT
    points.point_id,
    points.group_id,
    points.group_kind,
    points.quantity,
    points.role,
    points.machine_id,
    latest.value,
    latest.quality,
    latest.ts,
    latest.age_s,
    coalesce(point_limit.min, point_limit.warning_min)                 AS low,
    coalesce(point_limit.max, point_limit.warning_max, well_alarm.max) AS high,
    CASE
        WHEN latest.value IS NULL THEN 'unknown'
        WHEN latest.value >= well_alarm.max THEN 'alarm'
        WHEN latest.value < point_limit.min OR latest.value > point_limit.max THEN 'alarm'
        WHEN latest.value < point_limit.warning_min OR latest.value > point_limit.warning_max THEN 'warning'
        ELSE 'normal'
    END                                                                AS state
FROM points
CROSS JOIN moment
LEFT JOIN latest ON latest.point_id = points.point_id
LEFT JOIN point_limit ON point_limit.point_id = points.point_id AND point_limit.day = moment.day
LEFT JOIN well_alarm ON well_alarm.point_id = points.point_id AND well_alarm.day = moment.day
WHERE points.site_id = getvariable('site')
ORDER BY points.group_id, points.machine_id NULLS FIRST, points.quantity, points.point_id
