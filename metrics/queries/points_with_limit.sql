-- How many points of a module a limit of today judges.
SELECT count(DISTINCT point_limit.point_id) AS n
FROM moment
JOIN point_limit ON point_limit.day = moment.day
JOIN points ON points.point_id = point_limit.point_id
JOIN sites ON sites.site_id = points.site_id AND sites.module = getvariable('module')
WHERE coalesce(point_limit.min, point_limit.max, point_limit.warning_min, point_limit.warning_max) IS NOT NULL
