-- Each point of a site and each of the last 24 clock hours: the share of the hour that its data covers.
SELECT
    hourly.point_id,
    hourly.hour,
    least(hourly.covered_s / hourly.due_s, 1) AS share
FROM span
JOIN hourly ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
WHERE hourly.site_id = getvariable('site')
ORDER BY hourly.point_id, hourly.hour
