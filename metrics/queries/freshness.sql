-- Every point: the source it comes from, when it last told something, whether that is too old to be its value now.
SELECT
    points.point_id,
    points.site_id,
    points.source,
    latest.ts            AS heard_at,
    latest.value IS NULL AS is_late
FROM points
LEFT JOIN latest ON latest.point_id = points.point_id
