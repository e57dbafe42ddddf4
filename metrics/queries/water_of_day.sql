-- The water of the business day of `span`, m³, by measure and site: taken in at sources, entering and leaving works, lifted
-- by boosters, entering zones (less what left them), passing stations and large users, entering and leaving sewage works.
-- `volume` where a site has no `flow`; NULL unless every meter has a valid day.
WITH named AS (
    SELECT
        points.point_id,
        points.quantity,
        CASE WHEN points.role IN ('inlet', 'outlet') THEN points.to_site_id ELSE points.site_id END AS site_id,
        CASE WHEN points.role = 'outlet' THEN -1 ELSE 1 END                                         AS sign,
        CASE
            WHEN points.site_kind = 'source' AND points.role = 'raw' THEN 'intake'
            WHEN points.site_kind = 'works' AND points.role = 'raw' THEN 'works_in'
            WHEN points.site_kind = 'works' AND points.role = 'finished' THEN 'works_out'
            WHEN points.site_kind = 'booster' AND points.role = 'discharge' THEN 'boosted'
            WHEN points.site_kind = 'large_user' THEN 'large_user'
            WHEN points.role IN ('inlet', 'outlet') THEN 'zone_in'
            WHEN points.site_kind = 'sewage_station' AND points.role = 'discharge' THEN 'pumped'
            WHEN points.site_kind = 'wwtp' AND points.role = 'influent' THEN 'influent'
            WHEN points.site_kind = 'wwtp' AND points.role = 'effluent' THEN 'effluent'
        END                                                                                         AS measure
    FROM points
    WHERE points.quantity IN ('flow', 'volume')
),

meters AS (
    SELECT
        *,
        min(quantity) OVER (PARTITION BY measure, site_id, sign) AS best
    FROM named
    WHERE measure IS NOT NULL
)

SELECT
    meters.measure,
    meters.site_id,
    CASE
        WHEN count(*) FILTER (WHERE daily.is_valid) = count(*) THEN sum(meters.sign * daily.amount)
    END AS m3
FROM meters
CROSS JOIN span
LEFT JOIN daily ON daily.point_id = meters.point_id AND daily.day = span.period
WHERE meters.quantity = meters.best
GROUP BY meters.measure, meters.site_id
ORDER BY meters.measure, meters.site_id
