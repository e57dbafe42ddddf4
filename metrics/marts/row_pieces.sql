-- Rows with the seconds they cover → what each point told in each hour, as pieces.sql has it of sealed days. Rainfall
-- becomes a rate here: mm of an interval → mm/h.
WITH rated AS (
    SELECT
        readings.*,
        (readings.us - getvariable('anchor_us')) // 3600000000 AS hour_no,
        readings.quality IN ('good', 'manual')                 AS is_good,
        CASE
            WHEN points.quantity = 'rainfall'
                THEN
                    readings.value
                    * 3600
                    / CASE WHEN readings.span_s > 0 THEN readings.span_s ELSE points.interval_s END
            ELSE readings.value
        END                                                    AS rate,
        points.is_total
    FROM readings
    JOIN points ON points.point_id = readings.point_id
)

SELECT
    point_id,
    hour_no,
    is_good,
    CASE WHEN is_good THEN sum(rate * covered_s) ELSE 0 END           AS weighted,
    CASE WHEN is_good THEN sum(covered_s) ELSE 0 END                  AS covered_s,
    CASE WHEN is_good THEN min(rate) END                              AS low,
    CASE WHEN is_good THEN max(rate) END                              AS high,
    CASE WHEN is_good THEN arg_max(rate, us) END                      AS last,
    arg_max(value, us)                                                AS raw,
    min(us)                                                           AS first_us,
    max(us)                                                           AS last_us,
    max(us + CASE WHEN is_good THEN covered_s ELSE 0 END * 1000000)   AS reach_us,
    max(span_s)                                                       AS span_s,
    CASE WHEN is_good THEN max(quality) ELSE arg_max(quality, us) END AS quality
FROM rated
WHERE covered_s > 0 OR is_total OR NOT is_good
GROUP BY point_id, hour_no, is_good
