-- The points with a limit whose hourly means are known within `span`, wet wells with their alarm level: hours of each past
-- its limit or early warning, the worst mean and when, the first and the last such hour, the limit of the last day. Those
-- past a limit first, the longest first.
WITH limited AS (
    SELECT
        hourly.point_id,
        hourly.site_id,
        hourly.quantity,
        hourly.hour,
        hourly.mean,
        point_limit.min,
        coalesce(point_limit.max, well_alarm.max) AS max,
        point_limit.warning_min,
        point_limit.warning_max,
        well_alarm.max                            AS alarm_level
    FROM span
    JOIN hourly ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at AND hourly.is_valid
    JOIN sites ON sites.site_id = hourly.site_id AND sites.module = getvariable('module')
    LEFT JOIN point_limit ON point_limit.point_id = hourly.point_id AND point_limit.day = hourly.day
    LEFT JOIN well_alarm ON well_alarm.point_id = hourly.point_id AND well_alarm.day = hourly.day
    WHERE point_limit.point_id IS NOT NULL OR well_alarm.point_id IS NOT NULL
),

judged AS (
    SELECT
        *,
        coalesce(mean < min OR mean > max OR mean >= alarm_level, FALSE) AS is_over,
        coalesce(mean < min OR mean > max OR mean >= alarm_level, FALSE)
        OR coalesce(mean < warning_min OR mean > warning_max, FALSE)     AS is_past,
        greatest(
            (min - mean) / nullif(abs(min), 0),
            (mean - max) / nullif(abs(max), 0),
            (warning_min - mean) / nullif(abs(warning_min), 0),
            (mean - warning_max) / nullif(abs(warning_max), 0)
        )                                                                AS distance
    FROM limited
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
