-- Readings of the watched points → those past a limit within the last 15 minutes, with the worst of
-- them and since when without a break. `readings`, `watched` and
-- the variables as_of and earliest are given.
WITH told AS (
    SELECT
        readings.point_id,
        readings.ts,
        watched.site_id,
        watched.quantity,
        watched.min,
        watched.max,
        watched.warning_min,
        watched.warning_max,
        arg_max(readings.value, (readings.received_at, readings.batch_seq))   AS value,
        arg_max(readings.quality, (readings.received_at, readings.batch_seq)) AS quality
    FROM readings
    JOIN watched ON watched.point_id = readings.point_id
    WHERE
        readings.ts + to_seconds(readings.span_s) <= getvariable('as_of')
        AND readings.ts >= getvariable('earliest')
    GROUP BY ALL
),

judged AS (
    SELECT
        *,
        value < min OR value > max                                                            AS is_over,
        coalesce(value < min OR value > max, false)
        OR coalesce(value < warning_min OR value > warning_max, false)                        AS is_past,
        greatest((min - value) / nullif(abs(min), 0), (value - max) / nullif(abs(max), 0), 0) AS distance
    FROM told
    WHERE quality IN ('good', 'manual')
),

runs AS (
    SELECT
        *,
        max(ts) FILTER (WHERE NOT is_past) OVER earlier AS last_inside
    FROM judged
    WINDOW earlier AS (PARTITION BY point_id ORDER BY ts)
),

recent AS (
    SELECT
        point_id,
        any_value(site_id)                                       AS site_id,
        any_value(quantity)                                      AS quantity,
        bool_or(coalesce(is_over, false))                        AS is_over,
        arg_max(value, (coalesce(is_over, false), distance, ts)) AS value,
        any_value(min)                                           AS min,
        any_value(max)                                           AS max,
        any_value(warning_min)                                   AS warning_min,
        any_value(warning_max)                                   AS warning_max,
        max(distance)                                            AS distance,
        max(last_inside)                                         AS last_inside
    FROM runs
    WHERE is_past AND ts >= getvariable('as_of') - INTERVAL '15' MINUTE
    GROUP BY point_id
)

SELECT
    recent.*,
    (
        SELECT min(runs.ts)
        FROM runs
        WHERE
            runs.point_id = recent.point_id AND runs.is_past
            AND runs.ts > coalesce(recent.last_inside, TIMESTAMPTZ '0001-01-01')
    ) AS since
FROM recent
ORDER BY recent.is_over DESC, recent.distance DESC, recent.point_id ASC
