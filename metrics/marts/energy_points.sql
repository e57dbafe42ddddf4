-- The points by which a site's electricity is counted: its energy points, its power points where it has none.
WITH meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        -- 'energy' comes before 'power' in the alphabet
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE quantity IN ('energy', 'power')
)

SELECT
    point_id,
    site_id
FROM meters
WHERE quantity = best
