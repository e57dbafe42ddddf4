-- Level of each sewage station in the hours ahead as last forecast, m, while that is less than a day old.
WITH issued AS (
    SELECT
        sites.site_id,
        forecast.valid_at,
        forecast.quantile,
        forecast.value,
        forecast.issued_at,
        max(forecast.issued_at) OVER (PARTITION BY sites.site_id) AS newest
    FROM forecast
    JOIN sites ON sites.kind = 'sewage_station' AND forecast.series = sites.site_id || '/level'
    JOIN moment
        ON forecast.issued_at > moment.as_of - INTERVAL '24' HOUR
        AND forecast.valid_at > moment.as_of - INTERVAL '1' HOUR
    WHERE forecast.model = 'shown'
)

SELECT
    site_id,
    valid_at,
    max(value) FILTER (WHERE quantile = 0.1) AS p10,
    max(value) FILTER (WHERE quantile = 0.5) AS p50,
    max(value) FILTER (WHERE quantile = 0.9) AS p90
FROM issued
WHERE issued_at = newest
GROUP BY site_id, valid_at
ORDER BY site_id, valid_at
