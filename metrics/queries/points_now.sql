-- Every point's newest value with its quality and age.
SELECT
    latest.point_id,
    latest.value,
    latest.quality,
    latest.ts,
    latest.age_s
FROM latest
