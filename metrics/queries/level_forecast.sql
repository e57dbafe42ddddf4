-- Level of each sewage station in the hours ahead as last forecast, m, while that is less than a day old.
SELECT
    sewer_forecast.site_id,
    sewer_forecast.valid_at,
    sewer_forecast.p10,
    sewer_forecast.p50,
    sewer_forecast.p90
FROM sewer_forecast
JOIN sites ON sites.site_id = sewer_forecast.site_id AND sites.kind = 'sewage_station'
WHERE sewer_forecast.quantity = 'level'
ORDER BY sewer_forecast.site_id, sewer_forecast.valid_at
