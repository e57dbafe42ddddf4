-- Calls of the span about something reported before, by any channel, newest first, with the first report.
SELECT
    call.started_at,
    call.category,
    call.channel,
    call.site_id,
    call.call_id,
    call.repeat_of,
    earlier.started_at AS first_at,
    call.caller
FROM call
JOIN span ON call.started_at >= span.starts_at AND call.started_at < span.ends_at
LEFT JOIN call AS earlier ON earlier.call_id = call.repeat_of
WHERE call.repeat_of IS NOT NULL
ORDER BY call.started_at DESC, call.call_id ASC
