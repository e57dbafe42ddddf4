-- Every wet well: its level now, its alarm level, the risk last computed; the likeliest alarm first, then the nearest.
SELECT
    sites.site_id,
    max(latest.value)          AS level_m,
    any_value(parameter.value) AS alarm_level,
    max(risk_at.probability)   AS probability
FROM span
JOIN sites ON sites.kind = 'sewage_station'
LEFT JOIN latest ON latest.site_id = sites.site_id AND latest.quantity = 'level' AND latest.role = 'well'
LEFT JOIN parameter
    ON parameter.site_id = sites.site_id AND parameter.subject = 'alarm_level'
    AND coalesce(parameter.from_day, span.last_day) <= span.last_day
    AND coalesce(parameter.to_day, span.last_day) >= span.last_day
LEFT JOIN risk_at ON risk_at.site_id = sites.site_id AND risk_at.period = span.period AND risk_at.kind = 'overflow'
GROUP BY sites.site_id
ORDER BY probability DESC NULLS LAST, level_m / nullif(alarm_level, 0) DESC NULLS LAST, sites.site_id ASC
