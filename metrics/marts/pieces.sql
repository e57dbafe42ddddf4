-- Sealed days → what each point told in each hour, by a plain GROUP BY: covered_s stands in the rows, each key is there
-- once. Sums take the whole cover of a reading; only an hour's last one can reach past its end, hourly.sql moves that.
SELECT
    point_id,
    (epoch_us(ts) - getvariable('anchor_us')) // 3600000000 AS hour_no,
    true                                                    AS is_good,
    sum(value * covered_s)                                  AS weighted,
    sum(covered_s)                                          AS covered_s,
    min(value)                                              AS low,
    max(value)                                              AS high,
    arg_max(value, ts)                                      AS last,
    arg_max(value, ts)                                      AS raw,
    min(epoch_us(ts))                                       AS first_us,
    max(epoch_us(ts))                                       AS last_us,
    max(epoch_us(ts) + covered_s * 1000000)                 AS reach_us,
    max(span_s)                                             AS span_s,
    max(quality)                                            AS quality
FROM sealed
WHERE quality IN ('good', 'manual') AND covered_s > 0
GROUP BY point_id, hour_no
UNION ALL
-- they cover nothing, but end what came before; where all rows are good, the files' statistics spare this second look
SELECT
    point_id,
    (epoch_us(ts) - getvariable('anchor_us')) // 3600000000 AS hour_no,
    false                                                   AS is_good,
    0                                                       AS weighted,
    0                                                       AS covered_s,
    null                                                    AS low,
    null                                                    AS high,
    null                                                    AS last,
    arg_max(value, ts)                                      AS raw,
    min(epoch_us(ts))                                       AS first_us,
    max(epoch_us(ts))                                       AS last_us,
    max(epoch_us(ts))                                       AS reach_us,
    max(span_s)                                             AS span_s,
    arg_max(quality, ts)                                    AS quality
FROM sealed
WHERE quality IN ('suspect', 'bad')
GROUP BY point_id, hour_no
