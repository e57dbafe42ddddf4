-- Meters of each state now, and the events of the span: what moved from stage to stage (is_whole: the lake
-- reaches back to its start).
WITH states AS (
    SELECT
        state,
        count(*) AS meters
    FROM meter
    GROUP BY state
),

moved AS (
    SELECT
        meter_event.event,
        count(*)                                                                               AS meters,
        any_value(span.starts_at >= (SELECT min(first.happened_at) FROM meter_event AS first)) AS is_whole
    FROM meter_event
    JOIN span ON meter_event.happened_at >= span.starts_at AND meter_event.happened_at < span.ends_at
    GROUP BY meter_event.event
),

told AS (
    SELECT
        'state' AS kind,
        state   AS name,
        meters,
        NULL    AS is_whole
    FROM states
    UNION ALL
    SELECT
        'event' AS kind,
        event   AS name,
        meters,
        is_whole
    FROM moved
)

SELECT *
FROM told
ORDER BY kind ASC, name ASC
