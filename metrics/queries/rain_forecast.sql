-- Rain of the hours ahead as last forecast, the mean of the members, in mm, with the time of issue.
WITH newest AS (
    SELECT max(issued_at) AS issued_at
    FROM weather
    WHERE kind = 'forecast'
)

SELECT
    weather.valid_at,
    avg(weather.rain_mm)   AS mm,
    'forecast'             AS kind,
    max(weather.issued_at) AS issued_at
FROM weather
JOIN newest ON weather.issued_at = newest.issued_at
JOIN
    moment
    ON weather.valid_at >= moment.as_of - INTERVAL '1' HOUR AND weather.valid_at < moment.as_of + INTERVAL '24' HOUR
JOIN sites ON sites.site_id = weather.place_id AND sites.kind = 'network'
WHERE weather.kind = 'forecast'
GROUP BY weather.valid_at
ORDER BY weather.valid_at
