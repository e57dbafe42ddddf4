-- Every monitoring group that has points: how many of them tell something now, when the newest of them did, the worst
-- quality among them, and the value of its first point (in the order of points.csv).
WITH numbered AS (
    SELECT
        points.group_id,
        points.point_id,
        points.quantity,
        points.role,
        points.source,
        latest.ts,
        latest.value,
        latest.age_s,
        latest.quality,
        row_number() OVER (PARTITION BY points.group_id ORDER BY places.place) AS place
    FROM points
    JOIN places ON places.point_id = points.point_id
    LEFT JOIN latest ON latest.point_id = points.point_id
)

SELECT
    group_id,
    min(source)                                                       AS source,
    count(DISTINCT source)                                            AS sources,
    count(*)                                                          AS points,
    count(value)                                                      AS told,
    max(ts)                                                           AS heard_at,
    min(age_s)                                                        AS age_s,
    count(*) FILTER (WHERE quality = 'bad' AND value IS NOT NULL)     AS bad,
    count(*) FILTER (WHERE quality = 'suspect' AND value IS NOT NULL) AS suspect,
    any_value(point_id) FILTER (WHERE place = 1)                      AS point_id,
    any_value(quantity) FILTER (WHERE place = 1)                      AS quantity,
    any_value(value) FILTER (WHERE place = 1)                         AS value
FROM numbered
GROUP BY group_id
