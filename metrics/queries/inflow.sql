-- Inflow of each sewage works, m³/h, beside what it can take: as observed in each of the last 24 clock hours, and the
-- quantiles of the forecast last issued, while it is less than a day old, from the running hour on.
WITH observed AS (
    SELECT
        hourly.site_id,
        hourly.hour      AS valid_at,
        sum(hourly.mean) AS observed
    FROM hourly
    JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
    WHERE
        hourly.site_kind = 'wwtp' AND hourly.quantity = 'flow' AND hourly.role = 'influent' AND hourly.mean IS NOT NULL
    GROUP BY hourly.site_id, hourly.hour
),

ahead AS (
    SELECT sewer_forecast.*
    FROM sewer_forecast
    JOIN sites ON sites.site_id = sewer_forecast.site_id AND sites.kind = 'wwtp'
    JOIN moment ON sewer_forecast.valid_at < moment.as_of + INTERVAL '24' HOUR
    WHERE sewer_forecast.quantity = 'inflow'
)

SELECT
    coalesce(observed.site_id, ahead.site_id)   AS site_id,
    coalesce(observed.valid_at, ahead.valid_at) AS valid_at,
    observed.observed,
    ahead.p10,
    ahead.p50,
    ahead.p90,
    works_capacity.m3h                          AS capacity_m3h
FROM observed
FULL JOIN ahead ON observed.site_id = ahead.site_id AND observed.valid_at = ahead.valid_at
JOIN works_capacity ON works_capacity.site_id = coalesce(observed.site_id, ahead.site_id)
ORDER BY site_id, valid_at
