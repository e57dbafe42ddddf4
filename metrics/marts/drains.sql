-- Where the sewage of a zone or station ends, through as many stations as lie between.
WITH RECURSIVE downstream AS (
    SELECT
        site_id,
        drains_to
    FROM sites
    WHERE drains_to IS NOT NULL
    UNION
    SELECT
        downstream.site_id,
        sites.drains_to
    FROM downstream
    JOIN sites ON sites.site_id = downstream.drains_to
    WHERE sites.drains_to IS NOT NULL
)

SELECT
    downstream.site_id,
    downstream.drains_to AS works_id
FROM downstream
JOIN sites ON sites.site_id = downstream.drains_to AND sites.kind = 'wwtp'
