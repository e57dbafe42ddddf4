-- What makes a storm: at least so many mm, with no more dry hours in between. NULL where no limit says so.
SELECT
    max(parameter.value) FILTER (WHERE parameter.subject = 'storm_rain') AS rain_mm,
    max(parameter.value) FILTER (WHERE parameter.subject = 'storm_gap')  AS gap_h
FROM moment
LEFT JOIN parameter
    ON parameter.site_id = ''
    AND coalesce(parameter.from_day, moment.day) <= moment.day
    AND coalesce(parameter.to_day, moment.day) >= moment.day
