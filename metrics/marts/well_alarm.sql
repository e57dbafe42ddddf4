-- The alarm level of each wet well, m, and the days it holds: its station's own, else the one of all.
SELECT
    points.point_id,
    points.site_id,
    parameter.value AS max,
    parameter.from_day,
    parameter.to_day
FROM points
JOIN parameter ON parameter.subject = 'alarm_level'
WHERE
    points.quantity = 'level' AND points.role = 'well'
    AND (
        parameter.site_id = points.site_id
        OR (
            parameter.site_id = ''
            AND points.site_id NOT IN (
                SELECT own.site_id FROM parameter AS own
                WHERE own.subject = 'alarm_level'
            )
        )
    )
