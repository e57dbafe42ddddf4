-- View latest: the newest row of every point, as old as it is at as_of; no value where it is older than three intervals,
-- or than it holds.
WITH aged AS (
    SELECT
        newest.*,
        points.* EXCLUDE (point_id),
        (epoch_us(getvariable('as_of')) - newest.us) / 1000000 - newest.span_s AS seconds
    FROM stored.latest AS newest
    JOIN points ON points.point_id = newest.point_id
    WHERE newest.day = (SELECT max(others.day) FROM stored.latest AS others)
)

SELECT
    point_id,
    ts,
    CASE
        WHEN seconds <= CASE WHEN mode = 'on_change' THEN hold_s ELSE 3 * interval_s END THEN raw_value
    END     AS value,
    quality,
    seconds AS age_s,
    group_kind,
    site_id,
    site_kind,
    quantity,
    role,
    medium,
    machine_id,
    to_site_id
FROM aged
