-- Verifications of the span by maker and lot: meters that passed and failed, and when the lot was last verified.
SELECT
    meter.maker,
    meter.lot,
    any_value(meter.dn_mm)                                 AS dn_mm,
    count(*) FILTER (WHERE meter_event.event = 'verified') AS passed,
    count(*) FILTER (WHERE meter_event.event = 'failed')   AS failed,
    max(meter_event.day)                                   AS last_on
FROM meter_event
JOIN span ON meter_event.happened_at >= span.starts_at AND meter_event.happened_at < span.ends_at
JOIN meter ON meter.meter_id = meter_event.meter_id
WHERE meter_event.event IN ('verified', 'failed')
GROUP BY meter.maker, meter.lot
ORDER BY failed / (passed + failed) DESC, meter.maker ASC, meter.lot ASC
