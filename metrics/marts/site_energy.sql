-- Electricity by site and day, of its energy_points. Valid where each of them is.
WITH used AS (
    SELECT
        point_id,
        site_id,
        count(*) OVER (PARTITION BY site_id) AS meters
    FROM energy_points
)

SELECT
    used.site_id,
    daily.day,
    sum(daily.amount)                                               AS kwh,
    count(*) FILTER (WHERE daily.is_valid) = any_value(used.meters) AS is_valid
FROM used
JOIN daily ON daily.point_id = used.point_id
GROUP BY used.site_id, daily.day
