-- The last value of each point that may be believed and is still fresh at each span's end: not older than three
-- intervals, or than it holds. `latest` of a day is as at the day's end.
SELECT
    span.period,
    newest.point_id,
    newest.good_value AS value
FROM span
JOIN stored.latest AS newest ON newest.day = span.last_day
JOIN points ON points.point_id = newest.point_id
WHERE
    epoch_us(span.ends_at)
    - newest.good_us
    - CASE WHEN newest.us = newest.good_us THEN newest.span_s ELSE 0 END * 1000000
    <= CASE WHEN points.mode = 'on_change' THEN points.hold_s ELSE 3 * points.interval_s END * 1000000
