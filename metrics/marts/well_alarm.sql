-- The alarm level of each wet well on a day, m: its station's own where there is one, else the one of all.
SELECT
    points.point_id,
    points.site_id,
    needed_days.day,
    max_by(parameter.value, parameter.site_id != '') AS max
FROM points
CROSS JOIN needed_days
JOIN parameter
    ON parameter.subject = 'alarm_level'
    AND parameter.site_id IN (points.site_id, '')
    AND coalesce(parameter.from_day, needed_days.day) <= needed_days.day
    AND coalesce(parameter.to_day, needed_days.day) >= needed_days.day
WHERE points.quantity = 'level' AND points.role = 'well'
GROUP BY points.point_id, points.site_id, needed_days.day
