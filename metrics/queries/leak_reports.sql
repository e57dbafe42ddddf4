-- Reports of leaks and of no water in the span, by any channel, newest first; the place is where the report says.
SELECT
    call.call_id,
    call.category,
    call.started_at,
    call.channel,
    call.site_id,
    call.lon,
    call.lat,
    call.repeat_of IS NOT NULL AS is_repeat
FROM call
JOIN span ON call.started_at >= span.starts_at AND call.started_at < span.ends_at
WHERE call.category IN ('leak', 'no_water')
ORDER BY call.started_at DESC, call.call_id ASC
