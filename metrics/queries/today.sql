-- The business day so far: what left the works, what the sewage works let out (what came in, where that is not measured),
-- and the mean of the rain gauges. Flows in m³, rain in mm; NULL where nothing was measured.
WITH flows AS (
    SELECT
        hourly.site_id,
        hourly.site_kind,
        hourly.role,
        sum(hourly.mean * hourly.covered_s / 3600) AS m3
    FROM hourly
    JOIN moment ON hourly.day = moment.day
    WHERE
        hourly.quantity = 'flow'
        AND (
            (hourly.site_kind = 'works' AND hourly.role = 'finished')
            OR (hourly.site_kind = 'wwtp' AND hourly.role IN ('influent', 'effluent'))
        )
    GROUP BY hourly.site_id, hourly.site_kind, hourly.role
),

treated AS (
    SELECT coalesce(max(m3) FILTER (WHERE role = 'effluent'), max(m3) FILTER (WHERE role = 'influent')) AS m3
    FROM flows
    WHERE site_kind = 'wwtp'
    GROUP BY site_id
),

rain AS (
    SELECT sum(hourly.mean * hourly.covered_s / 3600) AS mm
    FROM hourly
    JOIN moment ON hourly.day = moment.day
    WHERE hourly.quantity = 'rainfall'
    GROUP BY hourly.point_id
)

SELECT
    (
        SELECT sum(m3) FROM flows
        WHERE site_kind = 'works'
    )                             AS supplied_m3,
    (SELECT sum(m3) FROM treated) AS treated_m3,
    (SELECT avg(mm) FROM rain)    AS rain_mm
