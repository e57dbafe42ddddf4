-- Inflow of each sewage works in each of the last 24 clock hours, m³/h, beside what it can take.
SELECT
    hourly.site_id,
    hourly.hour                        AS valid_at,
    sum(hourly.mean)                   AS observed,
    any_value(sites.capacity_m3d) / 24 AS capacity_m3h
FROM hourly
JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
JOIN sites ON sites.site_id = hourly.site_id
WHERE hourly.site_kind = 'wwtp' AND hourly.quantity = 'flow' AND hourly.role = 'influent' AND hourly.mean IS NOT NULL
GROUP BY hourly.site_id, hourly.hour
ORDER BY hourly.site_id, hourly.hour
