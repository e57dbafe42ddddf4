-- Calls about something reported before: in the span, in as long a time before it, and in the same time 52 weeks earlier
-- (NULL where the lake has no call from before then); and all calls of the span.
WITH windows AS (
    SELECT
        span.starts_at,
        span.ends_at,
        span.starts_at - (span.ends_at - span.starts_at) AS before_at,
        span.starts_at - INTERVAL '364' DAY              AS year_starts_at,
        span.ends_at - INTERVAL '364' DAY                AS year_ends_at,
        (SELECT min(call.started_at) FROM call)          AS known_from
    FROM span
)

SELECT
    count(*) FILTER (WHERE call.started_at >= windows.starts_at)                                AS calls,
    count(*) FILTER (WHERE call.started_at >= windows.starts_at AND call.repeat_of IS NOT NULL) AS repeated,
    CASE
        WHEN any_value(windows.known_from) <= any_value(windows.before_at)
            THEN
                count(*) FILTER (
                    WHERE call.started_at >= windows.before_at AND call.started_at < windows.starts_at
                    AND call.repeat_of IS NOT NULL
                )
    END                                                                                         AS previous,
    CASE
        WHEN any_value(windows.known_from) <= any_value(windows.year_starts_at)
            THEN
                count(*) FILTER (
                    WHERE call.started_at >= windows.year_starts_at AND call.started_at < windows.year_ends_at
                    AND call.repeat_of IS NOT NULL
                )
    END                                                                                         AS last_year
FROM call
CROSS JOIN windows
WHERE call.started_at < windows.ends_at
