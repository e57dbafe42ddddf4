-- How much of each hour of the span a group's points covered with good readings, 0 to 1. An hour in which none of them
-- told anything has no row.
WITH due AS (
    SELECT
        group_id,
        count(*) AS points
    FROM points
    GROUP BY group_id
)

SELECT
    points.group_id,
    hourly.hour,
    sum(hourly.covered_s) / (3600 * any_value(due.points)) AS share
FROM hourly
JOIN points ON points.point_id = hourly.point_id
JOIN due ON due.group_id = points.group_id
JOIN span ON hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
GROUP BY points.group_id, hourly.hour
