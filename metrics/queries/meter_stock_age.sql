-- Meters in store (received): for what they wait, by how long ago they came in. Waiting for their first verification,
-- for installation, or, once removed, for disposal.
WITH newest AS (
    SELECT
        meter_id,
        arg_max(event, happened_at) AS event,
        max(day)                    AS since
    FROM meter_event
    GROUP BY meter_id
),

waiting AS (
    SELECT
        CASE newest.event
            WHEN 'verified' THEN 'to_install'
            WHEN 'removed' THEN 'to_retire'
            WHEN 'received' THEN 'to_verify'
            ELSE 'unknown'
        END                       AS waits,
        moment.day - newest.since AS age_days
    FROM meter
    CROSS JOIN moment
    LEFT JOIN newest ON newest.meter_id = meter.meter_id
    WHERE meter.state = 'received'
)

SELECT
    waits,
    count(*)                                                  AS meters,
    count(*) FILTER (WHERE age_days < 30)                     AS under_30,
    count(*) FILTER (WHERE age_days >= 30 AND age_days < 90)  AS under_90,
    count(*) FILTER (WHERE age_days >= 90 AND age_days < 180) AS under_180,
    count(*) FILTER (WHERE age_days >= 180)                   AS over_180,
    count(*) FILTER (WHERE age_days IS NULL)                  AS unknown,
    max(age_days)                                             AS oldest_days
FROM waiting
GROUP BY waits
ORDER BY meters DESC, waits ASC
