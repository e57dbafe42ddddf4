-- The days of a site's points in `span`: mean, lowest and highest value of each, of days that are valid.
SELECT
    daily.point_id,
    daily.day,
    daily.quantity,
    daily.role,
    daily.mean,
    daily.min,
    daily.max
FROM span
JOIN daily ON daily.day >= span.first_day AND daily.day <= span.last_day
WHERE daily.site_id = getvariable('site') AND daily.is_valid
ORDER BY daily.point_id, daily.day
