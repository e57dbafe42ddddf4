-- Rain of each of the last 24 clock hours, the mean of the gauges that reported, in mm.
SELECT
    hourly.hour                                     AS valid_at,
    avg(hourly.mean) * max(hourly.covered_s) / 3600 AS mm,
    'observed'                                      AS kind
FROM hourly
JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
WHERE hourly.quantity = 'rainfall' AND hourly.mean IS NOT NULL
GROUP BY hourly.hour
ORDER BY hourly.hour
