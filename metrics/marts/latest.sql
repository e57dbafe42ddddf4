-- What the points told → mart latest of each day, as at the day's end or as_of: the newest row of every point ever heard,
-- carried on from the day before. The good_ columns are the newest row that may be believed: what holds into the next
-- day until good_until_us, and where a totaliser's next difference starts.
WITH told AS (
    SELECT
        pieces.point_id,
        hours.day,
        max(pieces.last_us)                                                    AS us,
        arg_max(pieces.raw, pieces.last_us)                                    AS raw_value,
        arg_max(pieces.quality, pieces.last_us)                                AS quality,
        arg_max(pieces.span_s, pieces.last_us)                                 AS span_s,
        max(pieces.last_us) FILTER (WHERE pieces.is_good)                      AS good_us,
        arg_max(pieces.raw, pieces.last_us) FILTER (WHERE pieces.is_good)      AS good_value,
        arg_max(pieces.reach_us, pieces.last_us) FILTER (WHERE pieces.is_good) AS good_until_us
    FROM pieces
    JOIN hours ON hours.hour_no = pieces.hour_no
    GROUP BY pieces.point_id, hours.day
),

heard AS (
    SELECT point_id FROM told
    UNION
    SELECT point_id FROM carried
),

held AS (
    SELECT
        heard.point_id,
        days.day,
        days.ends_us,
        coalesce(last_value(told.us IGNORE NULLS) OVER earlier, carried.us)                       AS us,
        coalesce(last_value(told.raw_value IGNORE NULLS) OVER earlier, carried.raw_value)         AS raw_value,
        coalesce(last_value(told.quality IGNORE NULLS) OVER earlier, carried.quality)             AS quality,
        coalesce(last_value(told.span_s IGNORE NULLS) OVER earlier, carried.span_s)               AS span_s,
        coalesce(last_value(told.good_us IGNORE NULLS) OVER earlier, carried.good_us)             AS good_us,
        coalesce(last_value(told.good_value IGNORE NULLS) OVER earlier, carried.good_value)       AS good_value,
        coalesce(last_value(told.good_until_us IGNORE NULLS) OVER earlier, carried.good_until_us) AS good_until_us
    FROM heard
    CROSS JOIN days
    LEFT JOIN told ON told.point_id = heard.point_id AND told.day = days.day
    LEFT JOIN carried ON carried.point_id = heard.point_id
    WINDOW earlier AS (PARTITION BY heard.point_id ORDER BY days.day)
)

SELECT
    held.point_id,
    held.day,
    make_timestamp(held.us)::TIMESTAMPTZ                       AS ts,
    CASE
        WHEN
            held.ends_us - held.us - held.span_s * 1000000
            <= CASE WHEN points.mode = 'on_change' THEN points.hold_s ELSE 3 * points.interval_s END * 1000000
            THEN held.raw_value
    END                                                        AS value,
    held.quality,
    (held.ends_us - held.us - held.span_s * 1000000) / 1000000 AS age_s,
    held.us,
    held.raw_value,
    held.span_s,
    held.good_us,
    held.good_value,
    -- a row after it, though not to be believed, ends what it covers
    CASE WHEN held.us > held.good_us THEN least(held.good_until_us, held.us) ELSE held.good_until_us END
        AS good_until_us
FROM held
JOIN points ON points.point_id = held.point_id
WHERE held.us IS NOT NULL
ORDER BY held.day, held.point_id
