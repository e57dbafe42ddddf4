-- Electricity of each site on the business day of `span`, kWh, NULL unless each of its meters has a valid day; beside it
-- each valid hour's mean kW of those meters together.
WITH meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        -- 'energy' comes before 'power' in the alphabet
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE quantity IN ('energy', 'power')
),

hours AS (
    SELECT
        meters.site_id,
        hourly.hour,
        sum(hourly.mean) AS kw
    FROM meters
    CROSS JOIN span
    JOIN hourly ON hourly.point_id = meters.point_id AND hourly.day = span.period AND hourly.is_valid
    WHERE meters.quantity = meters.best
    GROUP BY meters.site_id, hourly.hour
)

SELECT
    sites.site_id,
    sites.kind,
    CASE WHEN site_energy.is_valid THEN site_energy.kwh END AS kwh,
    hours.hour,
    hours.kw
FROM (SELECT DISTINCT site_id FROM meters) AS metered
JOIN sites ON sites.site_id = metered.site_id
CROSS JOIN span
LEFT JOIN site_energy ON site_energy.site_id = metered.site_id AND site_energy.day = span.period
LEFT JOIN hours ON hours.site_id = metered.site_id
ORDER BY sites.site_id, hours.hour
