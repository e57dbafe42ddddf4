-- Every station and sewage works with the zones whose sewage comes to it, through as many stations as lie between.
WITH RECURSIVE upstream AS (
    SELECT
        drains_to AS site_id,
        site_id   AS from_id
    FROM sites
    WHERE drains_to IS NOT NULL
    UNION
    SELECT
        upstream.site_id,
        sites.site_id AS from_id
    FROM upstream
    JOIN sites ON sites.drains_to = upstream.from_id
)

SELECT
    upstream.site_id,
    upstream.from_id AS zone_id
FROM upstream
JOIN sites ON sites.site_id = upstream.from_id AND sites.kind = 'zone'
ORDER BY upstream.site_id, upstream.from_id
