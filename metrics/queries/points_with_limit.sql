-- How many points of a module a limit of today judges, or an alarm level.
SELECT count(DISTINCT points.point_id) AS n
FROM moment
JOIN points ON TRUE
JOIN sites ON sites.site_id = points.site_id AND sites.module = getvariable('module')
LEFT JOIN point_limit ON point_limit.point_id = points.point_id AND point_limit.day = moment.day
LEFT JOIN well_alarm ON well_alarm.point_id = points.point_id AND well_alarm.day = moment.day
WHERE
    coalesce(point_limit.min, point_limit.max, point_limit.warning_min, point_limit.warning_max, well_alarm.max)
    IS NOT NULL
