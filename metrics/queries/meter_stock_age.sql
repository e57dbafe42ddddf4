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
        meter.dn_mm,
        moment.day - newest.since AS age_days
    FROM meter
    CROSS JOIN moment
    LEFT JOIN newest ON newest.meter_id = meter.meter_id
    WHERE meter.state = 'received'
)

SELECT
    waits,
    dn_mm,
    CASE
        WHEN age_days < 30 THEN 'under_30'
        WHEN age_days < 90 THEN 'under_90'
        WHEN age_days < 180 THEN 'under_180'
        WHEN age_days IS NOT NULL THEN 'over_180'
        ELSE 'unknown'
    END      AS age,
    count(*) AS meters
FROM waiting
GROUP BY ALL
ORDER BY ALL
