-- Every sewage station now: where it drains, its pumps, what it pumps, its level between the levels of its design, its
-- level an hour before (`levels`), and how old the newest of its rows is. NULL where nobody knows. Nearest to its alarm
-- level first.
WITH designed AS (
    SELECT
        sites.site_id,
        max_by(parameter.value, parameter.site_id) FILTER (WHERE parameter.subject = 'alarm_level')    AS alarm_m,
        max_by(parameter.value, parameter.site_id) FILTER (WHERE parameter.subject = 'overflow_level') AS overflow_m,
        max_by(parameter.value, parameter.site_id) FILTER (WHERE parameter.subject = 'comfort_level')  AS comfort_m,
        max_by(parameter.value, parameter.site_id) FILTER (WHERE parameter.subject = 'main_capacity')  AS main_m3h
    FROM sites
    JOIN moment ON TRUE
    LEFT JOIN parameter
        ON parameter.site_id IN (sites.site_id, '')
        AND coalesce(parameter.from_day, moment.day) <= moment.day
        AND coalesce(parameter.to_day, moment.day) >= moment.day
    WHERE sites.kind = 'sewage_station'
    GROUP BY sites.site_id
),

pumps AS (
    SELECT
        site_id,
        count(*) AS pumps
    FROM machines
    WHERE kind = 'pump'
    GROUP BY site_id
),

told AS (
    SELECT
        site_id,
        max(value) FILTER (WHERE quantity = 'level' AND role = 'well')                AS level_m,
        max(ts) FILTER (WHERE quantity = 'level' AND role = 'well')                   AS level_at,
        sum(value) FILTER (WHERE quantity = 'flow' AND role = 'discharge')            AS flow_m3h,
        sum(value) FILTER (WHERE quantity = 'running')                                AS running,
        sum(value) FILTER (WHERE quantity = 'available')                              AS available,
        count(value) FILTER (WHERE quantity = 'available')                            AS told_available,
        max(value) FILTER (WHERE quantity = 'starts_per_hour')                        AS starts_per_hour,
        max(value) FILTER (WHERE quantity = 'h2s')                                    AS h2s_ppm,
        max(value) FILTER (WHERE quantity = 'cod' AND medium = 'sewage')              AS cod,
        max(value) FILTER (WHERE quantity = 'ammonia_nitrogen' AND medium = 'sewage') AS ammonia_nitrogen,
        max(ts)                                                                       AS heard_at,
        min(age_s)                                                                    AS age_s
    FROM latest
    WHERE site_kind = 'sewage_station'
    GROUP BY site_id
)

SELECT
    sites.site_id,
    sites.drains_to,
    drains.works_id,
    told.level_m,
    told.level_at,
    designed.alarm_m                           AS alarm_level,
    designed.overflow_m                        AS overflow_level,
    designed.comfort_m                         AS comfort_level,
    told.level_m / nullif(designed.alarm_m, 0) AS nearness,
    told.level_m - levels.level_m              AS rise_m,
    CASE
        WHEN told.level_m < designed.alarm_m AND told.level_m > levels.level_m
            THEN (designed.alarm_m - told.level_m) / (told.level_m - levels.level_m)
    END                                        AS hours_to_alarm,
    told.flow_m3h,
    designed.main_m3h                          AS main_capacity,
    coalesce(pumps.pumps, told.told_available) AS pumps,
    told.available,
    told.told_available,
    told.running,
    told.starts_per_hour,
    told.h2s_ppm,
    told.cod,
    told.ammonia_nitrogen,
    risk_at.probability,
    told.heard_at,
    told.age_s
FROM span
JOIN sites ON sites.kind = 'sewage_station'
JOIN designed ON designed.site_id = sites.site_id
LEFT JOIN told ON told.site_id = sites.site_id
LEFT JOIN pumps ON pumps.site_id = sites.site_id
LEFT JOIN levels ON levels.site_id = sites.site_id
LEFT JOIN drains ON drains.site_id = sites.site_id
LEFT JOIN risk_at ON risk_at.site_id = sites.site_id AND risk_at.period = span.period AND risk_at.kind = 'overflow'
ORDER BY nearness DESC NULLS LAST, sites.site_id ASC
