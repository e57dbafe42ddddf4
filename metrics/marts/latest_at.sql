-- View latest: the newest row of every point, as old as it is at as_of; no value where it is older than three intervals,
-- or than it holds.
WITH aged AS (
    SELECT
        newest.point_id,
        newest.ts,
        newest.raw_value,
        newest.quality,
        points.group_kind,
        points.site_id,
        points.site_kind,
        points.quantity,
        points.role,
        points.medium,
        points.machine_id,
        points.to_site_id,
        (epoch_us(getvariable('as_of')) - newest.us) / 1000000 - newest.span_s                AS age_s,
        CASE WHEN points.mode = 'on_change' THEN points.hold_s ELSE 3 * points.interval_s END AS fresh_s
    FROM stored.latest AS newest
    JOIN points ON points.point_id = newest.point_id
    WHERE newest.day = (SELECT max(others.day) FROM stored.latest AS others)
)

SELECT
    * EXCLUDE (raw_value, fresh_s),
    CASE WHEN age_s <= fresh_s THEN raw_value END AS value
FROM aged
