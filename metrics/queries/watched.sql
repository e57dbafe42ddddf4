-- Points whose single readings matter, with the limits that hold today: quality in the network and the sewers, pressure,
-- and wet wells against their alarm level. What a compliance indicator judges is not among them.
WITH limited AS (
    SELECT
        points.point_id,
        points.site_id,
        points.quantity,
        point_limit.min,
        point_limit.max,
        point_limit.warning_min,
        point_limit.warning_max
    FROM points
    JOIN moment ON true
    JOIN point_limit ON point_limit.point_id = points.point_id AND point_limit.day = moment.day
    WHERE points.medium IS null OR points.medium IN ('network_water', 'sewage')
),

wells AS (
    SELECT
        well_alarm.point_id,
        well_alarm.site_id,
        'level' AS quantity,
        null    AS min,
        well_alarm.max,
        null    AS warning_min,
        null    AS warning_max
    FROM well_alarm
    JOIN moment ON moment.day = well_alarm.day
)

SELECT either.*
FROM (
    SELECT * FROM limited
    UNION ALL
    SELECT * FROM wells
) AS either
