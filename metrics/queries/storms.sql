-- The storms in the rain record. `rain` (point_id, hour, mean in mm/h, covered_s) and `rule` are given. An hour is wet where the mean
-- of the gauges that reported reaches 0.1 mm (less is a trace, GB/T 28592); wet hours belong together until as many hours
-- are dry as parameter storm_gap says; what adds up to storm_rain is a storm. Newest first.
WITH hours AS (
    SELECT
        hour,
        avg(mean) * max(covered_s) / 3600 AS mm
    FROM rain
    WHERE mean IS NOT NULL
    GROUP BY hour
),

wet AS (
    SELECT
        hour,
        mm,
        epoch(hour) - lag(epoch(hour)) OVER (ORDER BY hour) AS since_s
    FROM hours
    WHERE mm >= 0.1
),

numbered AS (
    SELECT
        wet.*,
        count(*) FILTER (WHERE wet.since_s > 3600 * (rule.gap_h + 1)) OVER (ORDER BY wet.hour) AS storm
    FROM wet
    CROSS JOIN rule
)

SELECT
    min(numbered.hour)                     AS starts_at,
    max(numbered.hour) + INTERVAL '1' HOUR AS ends_at,
    sum(numbered.mm)                       AS rain_mm,
    max(numbered.mm)                       AS most_mm_h,
    max_by(numbered.hour, numbered.mm)     AS heaviest_at
FROM numbered
CROSS JOIN rule
GROUP BY numbered.storm, rule.rain_mm
HAVING sum(numbered.mm) >= rule.rain_mm
ORDER BY starts_at DESC
