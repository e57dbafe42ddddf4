-- Every sewage works now: what comes in against what it can take, what goes out, today's volume so far, how many of its
-- machines run of those that tell.
WITH told AS (
    SELECT
        site_id,
        sum(value) FILTER (WHERE quantity = 'flow' AND role = 'influent') AS inflow_m3h,
        sum(value) FILTER (WHERE quantity = 'flow' AND role = 'effluent') AS effluent_m3h,
        sum(value) FILTER (WHERE quantity = 'running')                    AS running,
        count(value) FILTER (WHERE quantity = 'running')                  AS told_running,
        max(ts)                                                           AS heard_at,
        min(age_s)                                                        AS age_s
    FROM latest
    WHERE site_kind = 'wwtp'
    GROUP BY site_id
),

today AS (
    SELECT
        hourly.site_id,
        sum(hourly.mean * hourly.covered_s / 3600) AS inflow_m3
    FROM hourly
    JOIN moment ON hourly.day = moment.day
    WHERE hourly.site_kind = 'wwtp' AND hourly.quantity = 'flow' AND hourly.role = 'influent'
    GROUP BY hourly.site_id
)

SELECT
    sites.site_id,
    told.inflow_m3h,
    told.effluent_m3h,
    works_capacity.m3h                              AS capacity_m3h,
    told.inflow_m3h / nullif(works_capacity.m3h, 0) AS share,
    today.inflow_m3,
    told.running,
    told.told_running,
    told.heard_at,
    told.age_s
FROM sites
JOIN works_capacity ON works_capacity.site_id = sites.site_id
LEFT JOIN told ON told.site_id = sites.site_id
LEFT JOIN today ON today.site_id = sites.site_id
WHERE sites.kind = 'wwtp'
ORDER BY sites.site_id
