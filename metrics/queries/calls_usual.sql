-- Hotline calls of the span (24 hours) by clock hour and category, beside the same hours of the eight weeks before: their
-- median, P10 and P90, and whether they are unusually many. NULL hour: the whole span; NULL category: all. Weeks of which the lake has no call don't count.
WITH week AS (SELECT unnest(range(9)) AS week),

weeks AS (
    SELECT
        week.week,
        to_days(7 * week.week::INTEGER) AS back,
        span.starts_at,
        span.ends_at
    FROM span
    CROSS JOIN week
    WHERE
        week.week = 0
        OR span.starts_at - to_days(7 * week.week::INTEGER)
        >= (
            SELECT min(call.started_at) FROM call
            WHERE call.channel = 'hotline'
        )
),

told AS (
    SELECT
        weeks.week,
        date_trunc('hour', call.started_at) + weeks.back AS hour,
        call.category,
        count(*)                                         AS calls
    FROM weeks
    JOIN call
        ON call.channel = 'hotline'
        AND call.started_at >= weeks.starts_at - weeks.back AND call.started_at < weeks.ends_at - weeks.back
    GROUP BY ALL
),

hours AS (
    SELECT
        unnest(generate_series(date_trunc('hour', starts_at), ends_at - INTERVAL '1' MICROSECOND, INTERVAL '1' HOUR))
            AS hour
    FROM span
),

categories AS (SELECT DISTINCT category FROM told),

cells AS (
    SELECT
        weeks.week,
        hours.hour,
        categories.category,
        coalesce(told.calls, 0) AS calls
    FROM weeks
    CROSS JOIN hours
    CROSS JOIN categories
    LEFT JOIN told ON told.week = weeks.week AND told.hour = hours.hour AND told.category = categories.category
),

sums AS (
    SELECT
        week,
        hour,
        category,
        sum(calls) AS calls
    FROM cells
    GROUP BY GROUPING SETS ((week, hour, category), (week, hour), (week, category), (week))
),

usual AS (
    SELECT
        hour,
        category,
        sum(calls) FILTER (WHERE week = 0)::BIGINT        AS calls,
        median(calls) FILTER (WHERE week > 0)             AS usual,
        quantile_cont(calls, 0.1) FILTER (WHERE week > 0) AS usual_low,
        quantile_cont(calls, 0.9) FILTER (WHERE week > 0) AS usual_high,
        count(*) FILTER (WHERE week > 0)                  AS weeks
    FROM sums
    GROUP BY hour, category
)

SELECT
    usual.*,
    -- calls come by chance: so many standard deviations of a Poisson count above their median are no chance
    coalesce(usual.calls > usual.usual + unusual.value * sqrt(greatest(usual.usual, 1)), FALSE) AS is_unusual
FROM usual
CROSS JOIN moment
LEFT JOIN parameter AS unusual
    ON unusual.subject = 'unusual_calls' AND unusual.site_id = ''
    AND moment.day BETWEEN coalesce(unusual.from_day, moment.day) AND coalesce(unusual.to_day, moment.day)
ORDER BY usual.hour ASC NULLS FIRST, usual.calls DESC, usual.category ASC
