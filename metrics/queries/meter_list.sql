-- Every meter: what it is, where, its state since when, when its verification ends and in which time that falls:
-- overdue (or without a date), within 30, 60, 90 days of today, later; NULL of a meter that is not installed. Of one in
-- store (received) for what it waits: its first verification, to be installed or, once removed, to be retired; and how
-- long ago it came in.
WITH newest AS (
    SELECT
        meter_id,
        arg_max(event, happened_at) AS event,
        max(happened_at)            AS since,
        max(day)                    AS day
    FROM meter_event
    GROUP BY meter_id
)

SELECT
    meter.meter_id,
    meter.dn_mm,
    meter.q3_m3h,
    meter.kind,
    meter.maker,
    meter.lot,
    meter.state,
    newest.since,
    meter.first_verified_on,
    meter.verified_until,
    meter.site_id,
    meter.account,
    CASE
        WHEN meter.state NOT IN ('in_use', 'expired') THEN NULL
        WHEN meter.verified_until IS NULL OR meter.verified_until < moment.day THEN 'overdue'
        WHEN meter.verified_until < moment.day + INTERVAL '30' DAY THEN 'within_30'
        WHEN meter.verified_until < moment.day + INTERVAL '60' DAY THEN 'within_60'
        WHEN meter.verified_until < moment.day + INTERVAL '90' DAY THEN 'within_90'
        ELSE 'later'
    END                                                                 AS due,
    CASE
        WHEN meter.state <> 'received' THEN NULL
        WHEN newest.event = 'verified' THEN 'to_install'
        WHEN newest.event = 'removed' THEN 'to_retire'
        WHEN newest.event = 'received' THEN 'to_verify'
        ELSE 'unknown'
    END                                                                 AS waits,
    CASE WHEN meter.state = 'received' THEN moment.day - newest.day END AS stored_days
FROM meter
CROSS JOIN moment
LEFT JOIN newest ON newest.meter_id = meter.meter_id
ORDER BY meter.verified_until ASC NULLS FIRST, meter.meter_id ASC
