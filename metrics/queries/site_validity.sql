-- Each point of a site and each of the last 24 clock hours: the share of the hour, as far as it has run, that its data
-- covers.
SELECT
    hourly.point_id,
    hourly.hour,
    least(hourly.covered_s / least(hourly.due_s, epoch(moment.as_of - hourly.hour)), 1) AS share
FROM span
CROSS JOIN moment
JOIN hourly
    ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at AND hourly.hour < moment.as_of
WHERE hourly.site_id = getvariable('site')
ORDER BY hourly.point_id, hourly.hour
