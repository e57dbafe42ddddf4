-- What a sewage works takes at its peak, m³/h: its design volume a day × the peak factor (its own, else the one of all).
SELECT
    sites.site_id,
    sites.capacity_m3d / 24 * coalesce(
        max(parameter.value) FILTER (WHERE parameter.site_id = sites.site_id),
        max(parameter.value) FILTER (WHERE parameter.site_id = ''),
        1
    ) AS m3h
FROM sites
LEFT JOIN moment ON true
LEFT JOIN parameter
    ON parameter.subject = 'peak_factor' AND parameter.site_id IN ('', sites.site_id)
    AND moment.day BETWEEN coalesce(parameter.from_day, moment.day) AND coalesce(parameter.to_day, moment.day)
WHERE sites.kind = 'wwtp'
GROUP BY sites.site_id, sites.capacity_m3d
