-- Calls of each zone about its water (quality, low pressure, no water) in the span, by any channel; NULL where the lake has
-- no call at all. is_whole: its calls reach back to the start of the span.
WITH known AS (SELECT min(started_at) AS known_from FROM call),

told AS (
    SELECT call.site_id
    FROM call
    JOIN span ON call.started_at >= span.starts_at AND call.started_at < span.ends_at
    WHERE call.category IN ('quality', 'low_pressure', 'no_water')
)

SELECT
    sites.site_id,
    coalesce(list_contains(string_split(sites.tags, ' '), 'pilot'), FALSE)         AS is_pilot,
    sites.connections,
    CASE WHEN any_value(known.known_from) IS NOT NULL THEN count(told.site_id) END AS complaints,
    coalesce(any_value(known.known_from) <= any_value(span.starts_at), FALSE)      AS is_whole
FROM sites
CROSS JOIN known
CROSS JOIN span
LEFT JOIN told ON told.site_id = sites.site_id
WHERE sites.kind = 'zone'
GROUP BY sites.site_id, sites.tags, sites.connections
ORDER BY is_pilot DESC, sites.site_id ASC
