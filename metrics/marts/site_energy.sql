-- Electricity by site and day: its energy points, its power points where it has none. Valid where each of them is.
WITH meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        -- 'energy' comes before 'power' in the alphabet
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE quantity IN ('energy', 'power')
),

used AS (
    SELECT
        point_id,
        site_id,
        count(*) OVER (PARTITION BY site_id) AS meters
    FROM meters
    WHERE quantity = best
)

SELECT
    used.site_id,
    daily.day,
    sum(daily.amount)                                               AS kwh,
    count(*) FILTER (WHERE daily.is_valid) = any_value(used.meters) AS is_valid
FROM used
JOIN daily ON daily.point_id = used.point_id
GROUP BY used.site_id, daily.day
