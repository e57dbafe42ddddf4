-- Zones by reports of leaks and of no water in the span (24 hours), most first, beside the usual: a day's mean over the
-- eight weeks before, as far as the lake goes. A cluster: as many as parameter report_cluster says.
WITH known AS (
    SELECT
        span.starts_at,
        least(56, epoch(span.starts_at - min(call.started_at)) / 86400) AS days
    FROM call
    CROSS JOIN span
    GROUP BY span.starts_at
)

SELECT
    call.site_id,
    count(*) FILTER (WHERE call.started_at >= span.starts_at)                                              AS reports,
    count(*) FILTER (WHERE call.started_at >= span.starts_at AND call.category = 'leak')                   AS leak,
    count(*) FILTER (WHERE call.started_at >= span.starts_at AND call.category = 'no_water')               AS no_water,
    min(call.started_at) FILTER (WHERE call.started_at >= span.starts_at)                                  AS since,
    count(*) FILTER (WHERE call.started_at < span.starts_at)
    / nullif(any_value(known.days), 0)
        AS usual_a_day,
    coalesce(count(*) FILTER (WHERE call.started_at >= span.starts_at) >= any_value(cluster.value), FALSE) AS is_cluster
FROM call
CROSS JOIN span
CROSS JOIN known
LEFT JOIN parameter AS cluster
    ON cluster.subject = 'report_cluster' AND cluster.site_id = ''
    AND span.last_day BETWEEN coalesce(cluster.from_day, span.last_day) AND coalesce(cluster.to_day, span.last_day)
WHERE
    call.category IN ('leak', 'no_water') AND call.site_id IS NOT NULL
    AND call.started_at >= span.starts_at - INTERVAL '56' DAY AND call.started_at < span.ends_at
GROUP BY call.site_id
HAVING reports > 0
ORDER BY reports DESC, call.site_id ASC
