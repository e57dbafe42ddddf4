-- The first reading of each totaliser on each day that may be believed: where the day before's last difference ends.
SELECT
    hours.day,
    readings.point_id,
    min(readings.us)                     AS us,
    arg_min(readings.value, readings.us) AS value
FROM readings
JOIN points ON points.point_id = readings.point_id AND points.is_total
JOIN hours ON hours.hour_no = (readings.us - getvariable('anchor_us')) // 3600000000
WHERE readings.quality IN ('good', 'manual')
GROUP BY hours.day, readings.point_id
ORDER BY hours.day, readings.point_id
