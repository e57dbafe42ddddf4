-- Hotline calls that began, and calls abandoned, in the same stretch a day and 52 weeks before the span; NULL where the lake's
-- calls begin later.
WITH earlier AS (
    SELECT
        stretch.name,
        span.starts_at - to_days(stretch.days) AS starts_at,
        span.ends_at - to_days(stretch.days)   AS ends_at
    FROM span
    CROSS JOIN (VALUES ('previous', 1), ('last_year', 364)) AS stretch (name, days)
),

hotline AS (
    SELECT * FROM call
    WHERE channel = 'hotline'
),

known AS (SELECT min(started_at) AS since FROM hotline)

SELECT
    earlier.name,
    CASE
        WHEN any_value(known.since) < earlier.starts_at THEN count(hotline.call_id) FILTER (
            WHERE hotline.started_at >= earlier.starts_at AND hotline.started_at < earlier.ends_at
        )
    END AS calls,
    CASE
        WHEN any_value(known.since) < earlier.starts_at THEN count(hotline.call_id) FILTER (
            WHERE hotline.answered_at IS NULL
            AND hotline.ended_at >= earlier.starts_at AND hotline.ended_at < earlier.ends_at
        )
    END AS abandoned
FROM earlier
CROSS JOIN known
LEFT JOIN hotline
    ON hotline.started_at < earlier.ends_at AND hotline.started_at >= earlier.starts_at - INTERVAL '1' DAY
GROUP BY earlier.name, earlier.starts_at, earlier.ends_at
