-- Inflow (m³/h) and level (m) of each site from the running hour on, as last forecast, while that is less than a day old.
WITH issued AS (
    SELECT
        sites.site_id,
        told.quantity,
        forecast.valid_at,
        forecast.quantile,
        forecast.value,
        forecast.issued_at,
        max(forecast.issued_at) OVER (PARTITION BY forecast.series) AS newest
    FROM sites
    CROSS JOIN (VALUES ('inflow'), ('level')) AS told (quantity)
    JOIN forecast ON forecast.series = sites.site_id || '/' || told.quantity
    JOIN moment
        ON forecast.issued_at > moment.as_of - INTERVAL '24' HOUR
        AND forecast.valid_at > moment.as_of - INTERVAL '1' HOUR
    WHERE forecast.model = 'shown'
)

SELECT
    site_id,
    quantity,
    valid_at,
    max(value) FILTER (WHERE quantile = 0.1) AS p10,
    max(value) FILTER (WHERE quantile = 0.5) AS p50,
    max(value) FILTER (WHERE quantile = 0.9) AS p90
FROM issued
WHERE issued_at = newest
GROUP BY site_id, quantity, valid_at
