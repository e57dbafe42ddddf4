-- Mart hourly → mart daily. `amount` of a flow or rate: the mean of its valid hours × 24, where at least 80 % are valid
-- (a day of 23 or 25 hours counts as 24 too, so that days compare).
SELECT
    hourly.point_id,
    hourly.day,
    sum(hourly.mean * hourly.covered_s) / sum(hourly.covered_s)                AS mean,
    min(hourly.min)                                                            AS min,
    max(hourly.max)                                                            AS max,
    arg_max(hourly.last, hourly.hour)                                          AS last,
    CASE
        WHEN
            any_value(points.quantity) IN ('flow', 'volume', 'energy', 'power', 'rainfall')
            AND count(*) FILTER (WHERE hourly.is_valid) >= 0.8 * any_value(days.due_hours)
            THEN avg(hourly.mean) FILTER (WHERE hourly.is_valid) * 24
    END                                                                        AS amount,
    count(*) FILTER (WHERE hourly.is_valid)                                    AS valid_hours,
    any_value(days.due_hours)                                                  AS due_hours,
    count(*) FILTER (WHERE hourly.is_valid) >= 0.8 * any_value(days.due_hours) AS is_valid
FROM hourly
JOIN points ON points.point_id = hourly.point_id
JOIN days ON days.day = hourly.day
GROUP BY hourly.point_id, hourly.day
ORDER BY hourly.day, hourly.point_id
