-- When a forecast of inflow or level was last issued; NULL where none ever was.
SELECT max(forecast.issued_at) AS issued_at
FROM forecast
WHERE forecast.model = 'shown' AND (forecast.series LIKE '%/inflow' OR forecast.series LIKE '%/level')
