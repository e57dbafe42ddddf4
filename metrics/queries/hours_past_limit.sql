-- The points with a limit whose hourly means are known within `span`: hours of each past its limit or early warning, the worst
-- mean and when, the first and the last such hour, the limit of the last day. Those past a limit first, the longest first.
WITH judged AS (
    SELECT
        hourly.point_id,
        hourly.site_id,
        hourly.quantity,
        hourly.hour,
        hourly.mean,
        point_limit.min,
        point_limit.max,
        point_limit.warning_min,
        point_limit.warning_max,
        coalesce(hourly.mean < point_limit.min OR hourly.mean > point_limit.max, false)    AS is_over,
        coalesce(hourly.mean < point_limit.warning_min OR hourly.mean > point_limit.warning_max, false)
        OR coalesce(hourly.mean < point_limit.min OR hourly.mean > point_limit.max, false) AS is_past,
        greatest(
            (point_limit.min - hourly.mean) / nullif(abs(point_limit.min), 0),
            (hourly.mean - point_limit.max) / nullif(abs(point_limit.max), 0),
            (point_limit.warning_min - hourly.mean) / nullif(abs(point_limit.warning_min), 0),
            (hourly.mean - point_limit.warning_max) / nullif(abs(point_limit.warning_max), 0)
        )                                                                                  AS distance
    FROM span
    JOIN hourly ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at AND hourly.is_valid
    JOIN sites ON sites.site_id = hourly.site_id AND sites.module = getvariable('module')
    JOIN point_limit ON point_limit.point_id = hourly.point_id AND point_limit.day = hourly.day
)

SELECT
    point_id,
    any_value(site_id)                                         AS site_id,
    any_value(quantity)                                        AS quantity,
    CASE WHEN bool_or(is_over) THEN 'alarm' ELSE 'warning' END AS state,
    count(*) FILTER (WHERE is_over)                            AS hours_over,
    count(*) FILTER (WHERE is_past)                            AS hours_past,
    arg_max(mean, distance)                                    AS worst,
    arg_max(hour, distance)                                    AS worst_at,
    arg_max(coalesce(min, warning_min), hour)                  AS low,
    arg_max(coalesce(max, warning_max), hour)                  AS high,
    min(hour) FILTER (WHERE is_past)                           AS first_at,
    max(hour) FILTER (WHERE is_past)                           AS last_at
FROM judged
GROUP BY point_id
ORDER BY state ASC, hours_over DESC, hours_past DESC, point_id ASC
