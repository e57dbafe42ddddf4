-- Calls of each zone about its water (quality, low pressure, no water), by any channel: in the span, in as long a time
-- before it, and in the same time 52 weeks earlier (NULL where the lake has no call at all, or none from before then).
WITH windows AS (
    SELECT
        span.starts_at,
        span.ends_at,
        span.starts_at - (span.ends_at - span.starts_at) AS before_at,
        span.starts_at - INTERVAL '364' DAY              AS year_starts_at,
        span.ends_at - INTERVAL '364' DAY                AS year_ends_at,
        (SELECT min(call.started_at) FROM call)          AS known_from
    FROM span
),

told AS (
    SELECT
        site_id,
        started_at
    FROM call
    WHERE category IN ('quality', 'low_pressure', 'no_water')
)

SELECT
    sites.site_id,
    coalesce(list_contains(string_split(sites.tags, ' '), 'pilot'), FALSE) AS is_pilot,
    sites.connections,
    CASE
        WHEN any_value(windows.known_from) IS NOT NULL
            THEN count(*) FILTER (WHERE told.started_at >= windows.starts_at AND told.started_at < windows.ends_at)
    END                                                                    AS complaints,
    CASE
        WHEN any_value(windows.known_from) <= any_value(windows.before_at)
            THEN
                count(*) FILTER (WHERE told.started_at >= windows.before_at AND told.started_at < windows.starts_at)
    END                                                                    AS previous,
    CASE
        WHEN any_value(windows.known_from) <= any_value(windows.year_starts_at)
            THEN
                count(*) FILTER (
                    WHERE told.started_at >= windows.year_starts_at AND told.started_at < windows.year_ends_at
                )
    END                                                                    AS last_year
FROM sites
CROSS JOIN windows
LEFT JOIN told ON told.site_id = sites.site_id
WHERE sites.kind = 'zone'
GROUP BY sites.site_id, sites.tags, sites.connections
ORDER BY is_pilot DESC, sites.site_id ASC
