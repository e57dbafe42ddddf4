-- Hotline calls that began, calls abandoned, and reports of leaks and of no water by any channel, in the same stretch
-- a day and 52 weeks before the span; NULL where the lake's calls begin later.
WITH earlier AS (
    SELECT
        stretch.name,
        span.starts_at - to_days(stretch.days) AS starts_at,
        span.ends_at - to_days(stretch.days)   AS ends_at
    FROM span
    CROSS JOIN (VALUES ('previous', 1), ('last_year', 364)) AS stretch (name, days)
),

known AS (
    SELECT
        min(started_at)                                    AS since,
        min(started_at) FILTER (WHERE channel = 'hotline') AS hotline_since
    FROM call
)

SELECT
    earlier.name,
    CASE
        WHEN any_value(known.hotline_since) < earlier.starts_at THEN count(call.call_id) FILTER (
            WHERE call.channel = 'hotline'
            AND call.started_at >= earlier.starts_at AND call.started_at < earlier.ends_at
        )
    END AS calls,
    CASE
        WHEN any_value(known.hotline_since) < earlier.starts_at THEN count(call.call_id) FILTER (
            WHERE call.channel = 'hotline' AND call.answered_at IS NULL
            AND call.ended_at >= earlier.starts_at AND call.ended_at < earlier.ends_at
        )
    END AS abandoned,
    CASE
        WHEN any_value(known.since) < earlier.starts_at THEN count(call.call_id) FILTER (
            WHERE call.category IN ('leak', 'no_water')
            AND call.started_at >= earlier.starts_at AND call.started_at < earlier.ends_at
        )
    END AS reports
FROM earlier
CROSS JOIN known
LEFT JOIN call
    ON call.started_at < earlier.ends_at AND call.started_at >= earlier.starts_at - INTERVAL '1' DAY
GROUP BY earlier.name, earlier.starts_at, earlier.ends_at
