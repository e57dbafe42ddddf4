-- What the points told in each hour → mart hourly. What an hour's last reading covers past the hour's end goes to the
-- hours it reaches, until the point's next reading (of any quality) or as_of.
WITH told AS (
    SELECT
        point_id,
        hour_no,
        min(first_us)                                         AS first_us,
        sum(weighted)                                         AS weighted,
        sum(covered_s)                                        AS covered_s,
        min(low)                                              AS low,
        max(high)                                             AS high,
        max(last) FILTER (WHERE is_good)                      AS last,
        max(reach_us) FILTER (WHERE is_good)                  AS reach_us,
        getvariable('anchor_us') + (hour_no + 1) * 3600000000 AS end_us
    FROM pieces
    GROUP BY point_id, hour_no
    UNION ALL
    -- what the day before still holds; its own hour lies before the days asked for
    SELECT
        carried.point_id,
        (carried.good_us - getvariable('anchor_us'))
        // 3600000000                                                                   AS hour_no,
        carried.good_us
            AS first_us,
        0
            AS weighted,
        1
            AS covered_s,
        NULL                                                                            AS low,
        NULL
            AS high,
        CASE
            WHEN points.quantity = 'rainfall'
                THEN carried.good_value * 3600 / coalesce(nullif(carried.span_s, 0), points.interval_s)
            ELSE carried.good_value
        END
            AS last,
        carried.good_until_us
            AS reach_us,
        getvariable('anchor_us')
        + ((carried.good_us - getvariable('anchor_us')) // 3600000000 + 1) * 3600000000 AS end_us
    FROM carried
    JOIN points ON points.point_id = carried.point_id AND NOT points.is_total
    WHERE carried.good_us IS NOT NULL
),

reached AS (
    SELECT
        *,
        greatest(0, reach_us - least(end_us, getvariable('as_of_us'))) / 1000000 AS beyond_s,
        least(
            reach_us, getvariable('as_of_us'), lead(first_us) OVER (PARTITION BY point_id ORDER BY hour_no)
        )                                                                        AS until_us
    FROM told
),

spilt AS (
    SELECT
        point_id,
        last,
        until_us,
        unnest(generate_series(hour_no + 1, (until_us - 1 - getvariable('anchor_us')) // 3600000000)) AS hour_no
    FROM reached
    WHERE covered_s > 0 AND until_us > end_us
),

parts AS (
    SELECT
        point_id,
        hour_no,
        weighted - last * beyond_s AS weighted,
        covered_s - beyond_s       AS covered_s,
        low,
        high,
        last,
        1                          AS turn
    FROM reached
    WHERE covered_s > 0
    UNION ALL
    SELECT
        point_id,
        hour_no,
        last * least(3600, (until_us - getvariable('anchor_us') - hour_no * 3600000000) / 1000000) AS weighted,
        least(3600, (until_us - getvariable('anchor_us') - hour_no * 3600000000) / 1000000)        AS covered_s,
        last                                                                                       AS low,
        last                                                                                       AS high,
        last,
        0                                                                                          AS turn
    FROM spilt
    UNION ALL
    SELECT
        point_id,
        hour_no,
        weighted,
        covered_s,
        low,
        high,
        last,
        1 AS turn
    FROM totals
)

SELECT
    parts.point_id,
    hours.hour,
    hours.day,
    hours.local_hour,
    sum(parts.weighted) / sum(parts.covered_s) AS mean,
    min(parts.low)                             AS min,
    max(parts.high)                            AS max,
    arg_max(parts.last, parts.turn)            AS last,
    least(3600, sum(parts.covered_s))::DOUBLE  AS covered_s,
    3600::BIGINT                               AS due_s,
    sum(parts.covered_s) >= 0.8 * 3600         AS is_valid
FROM parts
JOIN hours ON hours.hour_no = parts.hour_no
GROUP BY parts.point_id, hours.hour, hours.day, hours.local_hour
HAVING sum(parts.covered_s) > 0
ORDER BY hours.day, parts.point_id, hours.hour
