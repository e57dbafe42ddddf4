-- Verifications of the span, the newest first: which meter, of which maker and lot, whether it passed (verified) or failed.
SELECT
    meter_event.meter_id,
    meter.maker,
    meter.lot,
    meter_event.event,
    meter_event.day
FROM meter_event
JOIN span ON meter_event.happened_at >= span.starts_at AND meter_event.happened_at < span.ends_at
JOIN meter ON meter.meter_id = meter_event.meter_id
WHERE meter_event.event IN ('verified', 'failed')
ORDER BY meter_event.happened_at DESC, meter_event.meter_id ASC
