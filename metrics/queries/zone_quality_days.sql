-- The mean of the whole business days of the span by quantity of the zones' quality and pressure points: of all pilot zones
-- (sites tagged `pilot`), and of all others. From daily means, which take a tenth of the time that hourly ones take.
SELECT
    coalesce(list_contains(string_split(sites.tags, ' '), 'pilot'), FALSE) AS is_pilot,
    daily.quantity,
    avg(daily.mean)                                                        AS mean
FROM daily
JOIN span ON daily.day >= span.first_day AND daily.day < span.last_day
JOIN sites ON sites.site_id = daily.site_id AND sites.kind = 'zone'
WHERE
    daily.is_valid AND daily.role = 'network'
    AND daily.quantity IN ('turbidity', 'free_chlorine', 'ph', 'pressure')
GROUP BY is_pilot, daily.quantity
