-- Every sewage station in every hour of the span: its highest level, what it pumped on the mean, how many of its pumps
-- ran, were available, and told so.
SELECT
    hourly.site_id,
    hourly.hour,
    count(hourly.mean) FILTER (WHERE hourly.quantity = 'available')                        AS pumps,
    max(hourly.max) FILTER (WHERE hourly.quantity = 'level' AND hourly.role = 'well')      AS level_m,
    sum(hourly.mean) FILTER (WHERE hourly.quantity = 'flow' AND hourly.role = 'discharge') AS flow_m3h,
    sum(hourly.mean) FILTER (WHERE hourly.quantity = 'running')                            AS running,
    sum(hourly.mean) FILTER (WHERE hourly.quantity = 'available')                          AS available
FROM hourly
JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
WHERE hourly.site_kind = 'sewage_station'
GROUP BY hourly.site_id, hourly.hour
ORDER BY hourly.site_id, hourly.hour
