-- The sites of a module: how many points each has, how many of them tell something now, and when one last did.
SELECT
    sites.site_id,
    sites.kind,
    count(points.point_id) AS points,
    count(latest.value)    AS reporting,
    max(latest.ts)         AS newest
FROM sites
LEFT JOIN points ON points.site_id = sites.site_id
LEFT JOIN latest ON latest.point_id = points.point_id
WHERE sites.module = getvariable('module')
GROUP BY sites.site_id, sites.kind
ORDER BY sites.site_id
