-- Electricity of each site on the business day of `span`, kWh, NULL unless each of its meters has a valid day; beside it
-- each valid hour's mean kW of those meters together.
WITH hours AS (
    SELECT
        energy_points.site_id,
        hourly.hour,
        sum(hourly.mean) AS kw
    FROM energy_points
    CROSS JOIN span
    JOIN hourly ON hourly.point_id = energy_points.point_id AND hourly.day = span.period AND hourly.is_valid
    GROUP BY energy_points.site_id, hourly.hour
)

SELECT
    sites.site_id,
    sites.kind,
    CASE WHEN site_energy.is_valid THEN site_energy.kwh END AS kwh,
    hours.hour,
    hours.kw
FROM (SELECT DISTINCT site_id FROM energy_points) AS metered
JOIN sites ON sites.site_id = metered.site_id
CROSS JOIN span
LEFT JOIN site_energy ON site_energy.site_id = metered.site_id AND site_energy.day = span.period
LEFT JOIN hours ON hours.site_id = metered.site_id
ORDER BY sites.site_id, hours.hour
