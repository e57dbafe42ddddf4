-- Totalisers → rates by hour: a difference belongs to the span between its two readings and is shared over the hours by
-- time. A negative one is a reset; like one over more than three intervals it covers nothing.
WITH counts AS (
    SELECT
        point_id,
        us,
        value
    FROM readings
    WHERE quality IN ('good', 'manual')
    UNION ALL
    -- the last reading of the day before, and the first one of the day after
    SELECT
        point_id,
        good_us    AS us,
        good_value AS value
    FROM carried
    WHERE good_us IS NOT NULL
    UNION ALL
    SELECT
        point_id,
        us,
        value
    FROM after
),

steps AS (
    SELECT
        counts.point_id,
        counts.us,
        counts.value,
        coalesce(3 * points.interval_s, points.hold_s) * 1000000 AS most_us,
        lag(counts.us) OVER before                               AS before_us,
        lag(counts.value) OVER before                            AS before_value
    FROM counts
    JOIN points ON points.point_id = counts.point_id AND points.is_total
    WINDOW before AS (PARTITION BY counts.point_id ORDER BY counts.us)
),

rates AS (
    SELECT
        point_id,
        before_us,
        us,
        (value - before_value) / ((us - before_us) / 3600000000) AS rate,
        unnest(
            generate_series(
                (before_us - getvariable('anchor_us')) // 3600000000, (us - 1 - getvariable('anchor_us')) // 3600000000
            )
        )                                                        AS hour_no
    FROM steps
    WHERE value >= before_value AND us > before_us AND us - before_us <= most_us
),

parts AS (
    SELECT
        point_id,
        hour_no,
        rate,
        us,
        (
            least(us, getvariable('anchor_us') + (hour_no + 1) * 3600000000)
            - greatest(before_us, getvariable('anchor_us') + hour_no * 3600000000)
        )
        / 1000000 AS covered_s
    FROM rates
)

SELECT
    point_id,
    hour_no,
    sum(rate * covered_s) AS weighted,
    sum(covered_s)        AS covered_s,
    min(rate)             AS low,
    max(rate)             AS high,
    arg_max(rate, us)     AS last
FROM parts
GROUP BY point_id, hour_no
