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

issued AS (
    SELECT
        sites.site_id,
        forecast.valid_at,
        forecast.quantile,
        forecast.value,
        forecast.issued_at,
        max(forecast.issued_at) OVER (PARTITION BY sites.site_id) AS newest
    FROM forecast
    JOIN sites ON sites.kind = 'wwtp' AND forecast.series = sites.site_id || '/inflow'
    JOIN moment
        ON forecast.issued_at > moment.as_of - INTERVAL '24' HOUR
        AND forecast.valid_at > moment.as_of - INTERVAL '1' HOUR
        AND forecast.valid_at < moment.as_of + INTERVAL '24' HOUR
    WHERE forecast.model = 'shown'
),

ahead AS (
    SELECT
        site_id,
        valid_at,
        max(value) FILTER (WHERE quantile = 0.1) AS p10,
        max(value) FILTER (WHERE quantile = 0.5) AS p50,
        max(value) FILTER (WHERE quantile = 0.9) AS p90
    FROM issued
    WHERE issued_at = newest
    GROUP BY site_id, valid_at
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
