-- What passed each site on the days of `span`, m³ a day: at a source, works, booster or station what left it, into a zone
-- or a large user what came in less what went on, at a sewage works what came in. `volume` where a site has no `flow`.
-- NULL unless every meter has a valid day.
WITH candidates AS (
    SELECT
        points.point_id,
        points.quantity,
        CASE WHEN points.role IN ('inlet', 'outlet') THEN points.to_site_id ELSE points.site_id END AS site_id,
        CASE WHEN points.role = 'outlet' THEN -1 ELSE 1 END                                         AS sign
    FROM points
    WHERE
        points.quantity IN ('flow', 'volume')
        AND (
            points.role IN ('inlet', 'outlet')
            OR (points.site_kind = 'source' AND points.role = 'raw')
            OR (points.site_kind = 'works' AND points.role = 'finished')
            OR (points.site_kind IN ('booster', 'sewage_station') AND points.role = 'discharge')
            OR (points.site_kind = 'wwtp' AND points.role = 'influent')
        )
),

meters AS (
    SELECT
        *,
        min(quantity) OVER (PARTITION BY site_id, sign) AS best
    FROM candidates
)

SELECT
    meters.site_id,
    span.period                                                                                          AS day,
    CASE WHEN count(*) FILTER (WHERE daily.is_valid) = count(*) THEN sum(meters.sign * daily.amount) END AS m3
FROM meters
CROSS JOIN span
LEFT JOIN daily ON daily.point_id = meters.point_id AND daily.day = span.period
WHERE meters.quantity = meters.best
GROUP BY meters.site_id, span.period
ORDER BY meters.site_id, span.period
