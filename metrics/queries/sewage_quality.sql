-- Quality of the sewage at stations and of what leaves the works: the newest reading of each point that has a limit today,
-- and where it stands. One of the works past its limit is a warning only: they are judged by the mean of a day.
SELECT
    points.point_id,
    points.site_id,
    points.site_kind,
    points.quantity,
    latest.value,
    latest.ts,
    latest.age_s,
    point_limit.min,
    point_limit.max,
    point_limit.warning_min,
    point_limit.warning_max,
    CASE
        WHEN latest.value IS NULL THEN 'unknown'
        WHEN latest.value < point_limit.min OR latest.value > point_limit.max
            THEN CASE WHEN points.medium = 'effluent' THEN 'warning' ELSE 'alarm' END
        WHEN latest.value < point_limit.warning_min OR latest.value > point_limit.warning_max THEN 'warning'
        ELSE 'normal'
    END AS state
FROM points
JOIN moment ON TRUE
JOIN point_limit ON point_limit.point_id = points.point_id AND point_limit.day = moment.day
LEFT JOIN latest ON latest.point_id = points.point_id
WHERE points.medium IN ('sewage', 'effluent') AND points.site_kind IN ('sewage_station', 'wwtp')
ORDER BY points.site_kind DESC, points.site_id ASC, points.quantity ASC
