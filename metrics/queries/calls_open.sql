-- The hotline at the moment: calls that ring and calls in talk. What nobody ended within six hours was never closed.
SELECT
    count(*) FILTER (WHERE call.answered_at IS NULL)                                   AS ringing,
    count(*) FILTER (WHERE call.answered_at IS NOT NULL)                               AS talking,
    max(epoch(moment.as_of - call.started_at)) FILTER (WHERE call.answered_at IS NULL) AS longest_wait_s
FROM call
CROSS JOIN moment
WHERE call.channel = 'hotline' AND call.ended_at IS NULL AND call.started_at > moment.as_of - INTERVAL '6' HOUR
