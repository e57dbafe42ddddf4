-- What comes out of the tap over the span, by zone and quantity: hourly means of the zone's quality and pressure points,
-- and how many of them keep their limits; NULL zone: all pilot zones (sites tagged `pilot`), and all others.
WITH zones AS (
    SELECT
        site_id,
        coalesce(list_contains(string_split(tags, ' '), 'pilot'), FALSE) AS is_pilot
    FROM sites
    WHERE kind = 'zone'
),

hours AS (
    SELECT
        zones.is_pilot,
        zones.site_id,
        hourly.quantity,
        hourly.point_id,
        hourly.mean,
        point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL                                        AS has_limit,
        coalesce(hourly.mean >= point_limit.min, TRUE) AND coalesce(hourly.mean <= point_limit.max, TRUE) AS is_kept
    FROM hourly
    JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
    JOIN zones ON zones.site_id = hourly.site_id
    LEFT JOIN point_limit ON point_limit.point_id = hourly.point_id AND point_limit.day = hourly.day
    WHERE
        hourly.is_valid AND hourly.role = 'network'
        AND hourly.quantity IN ('turbidity', 'free_chlorine', 'ph', 'pressure')
)

SELECT
    is_pilot,
    site_id,
    quantity,
    count(DISTINCT point_id)                      AS points,
    count(*)                                      AS hours,
    avg(mean)                                     AS mean,
    quantile_cont(mean, 0.05)                     AS p05,
    quantile_cont(mean, 0.95)                     AS p95,
    count(*) FILTER (WHERE has_limit)             AS judged,
    count(*) FILTER (WHERE has_limit AND is_kept) AS kept
FROM hours
GROUP BY GROUPING SETS ((is_pilot, quantity), (is_pilot, site_id, quantity))
ORDER BY quantity ASC, is_pilot DESC, site_id ASC NULLS FIRST
