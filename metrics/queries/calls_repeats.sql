-- Calls of the span: all, and those about something reported before. is_whole: the lake's calls reach back to its start.
WITH known AS (SELECT min(started_at) AS known_from FROM call)

SELECT
    count(call.call_id)                                                       AS calls,
    count(*) FILTER (WHERE call.repeat_of IS NOT NULL)                        AS repeated,
    coalesce(any_value(known.known_from) <= any_value(span.starts_at), FALSE) AS is_whole
FROM span
CROSS JOIN known
LEFT JOIN call ON call.started_at >= span.starts_at AND call.started_at < span.ends_at
