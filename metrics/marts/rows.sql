-- Rows as connectors brought them → one row a key, the newest, with the seconds it covers: its span, its interval or
-- what it holds, until the next row of the point. A totaliser's rows cover nothing: its differences do.
WITH newest AS (
    SELECT
        point_id,
        epoch_us(ts)                               AS us,
        span_s,
        arg_max(value, (received_at, batch_seq))   AS value,
        arg_max(quality, (received_at, batch_seq)) AS quality
    FROM unsealed
    WHERE epoch_us(ts) + span_s * 1000000 <= getvariable('as_of_us')
    GROUP BY point_id, ts, span_s
)

SELECT
    newest.point_id,
    newest.us,
    newest.span_s,
    newest.value,
    newest.quality,
    CASE
        WHEN points.is_total THEN 0
        ELSE
            greatest(
                0,
                least(
                    CASE
                        WHEN newest.span_s > 0 THEN newest.span_s
                        WHEN points.mode = 'on_change' THEN points.hold_s
                        ELSE points.interval_s
                    END,
                    (lead(newest.us) OVER later - newest.us) // 1000000
                )
            )
    END AS covered_s
FROM newest
JOIN points ON points.point_id = newest.point_id
-- of an instant and a mean that begin together, the instant is the later word
WINDOW later AS (PARTITION BY newest.point_id ORDER BY newest.us ASC, newest.span_s DESC)
