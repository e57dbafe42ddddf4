-- What each zone was sold a day (its newest month that had ended, over that month's days) and what of it comes back as
-- sewage, m³, as on the business day of `span`. NULL where no such month is known.
WITH factor AS (
    SELECT
        sites.site_id,
        max_by(parameter.value, parameter.site_id) AS return_factor
    FROM sites
    CROSS JOIN span
    JOIN parameter
        ON parameter.subject = 'return_factor' AND parameter.site_id IN (sites.site_id, '')
        AND coalesce(parameter.from_day, span.period) <= span.period
        AND coalesce(parameter.to_day, span.period) >= span.period
    WHERE sites.kind = 'zone'
    GROUP BY sites.site_id
)

SELECT
    sites.site_id,
    sites.connections,
    sold.m3                        AS sold_m3,
    sold.m3 * factor.return_factor AS returned_m3
FROM sites
CROSS JOIN span
LEFT JOIN factor ON factor.site_id = sites.site_id
LEFT JOIN sold ON sold.site_id = sites.site_id AND sold.day = span.period
WHERE sites.kind = 'zone'
ORDER BY sites.site_id
