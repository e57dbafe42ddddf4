-- What the network is expected to take today, m³: the median of the day's forecast that was last issued.
SELECT max_by(forecast.value, forecast.issued_at) AS supplied_expected_m3
FROM forecast
JOIN span ON forecast.valid_at = span.starts_at
JOIN sites ON sites.kind = 'network' AND forecast.series = sites.site_id || '/demand/day'
WHERE forecast.model = 'shown' AND forecast.quantile = 0.5
