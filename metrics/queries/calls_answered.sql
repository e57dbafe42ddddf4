-- Hotline calls that ended in the span, by clock hour and (NULL hour) together: answered within 20 s, abandoned (ended
-- without an answer), else late; how long those who were answered had waited.
SELECT
    date_trunc('hour', call.ended_at)                                                  AS hour,
    count(*)                                                                           AS ended,
    count(*) FILTER (WHERE call.answered_at <= call.started_at + INTERVAL '20' SECOND) AS in_time,
    count(*) FILTER (WHERE call.answered_at > call.started_at + INTERVAL '20' SECOND)  AS late,
    count(*) FILTER (WHERE call.answered_at IS NULL)                                   AS abandoned,
    median(epoch(call.answered_at - call.started_at))                                  AS wait_s,
    max(epoch(coalesce(call.answered_at, call.ended_at) - call.started_at))            AS longest_wait_s
FROM call
JOIN span ON call.ended_at >= span.starts_at AND call.ended_at < span.ends_at
WHERE call.channel = 'hotline'
GROUP BY GROUPING SETS ((hour), ())
ORDER BY hour ASC NULLS FIRST
