-- Every monitoring group with points: whether its newest value is too old, or one of its points is bad or has a fault.
WITH faulty AS (
    SELECT DISTINCT point_id
    FROM fault
    WHERE until IS NULL
)

SELECT
    points.group_id,
    count(latest.value) = 0                                                         AS is_late,
    bool_or(coalesce(latest.quality = 'bad', FALSE) OR faulty.point_id IS NOT NULL) AS is_faulty
FROM points
LEFT JOIN latest ON latest.point_id = points.point_id
LEFT JOIN faulty ON faulty.point_id = points.point_id
GROUP BY points.group_id
