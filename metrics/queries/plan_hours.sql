-- What each station should pump in each hour ahead, m³/h, as last advised.
WITH newest AS (
    SELECT max(issued_at) AS issued_at FROM plan
    WHERE variant = 'advised'
)

SELECT
    plan.site_id,
    date_trunc('hour', plan.valid_at) AS valid_at,
    avg(plan.flow_m3h)                AS flow_m3h
FROM plan
JOIN newest ON newest.issued_at = plan.issued_at
JOIN sites ON sites.site_id = plan.site_id AND sites.kind = 'sewage_station'
JOIN moment ON plan.valid_at >= date_trunc('hour', moment.as_of)
WHERE plan.variant = 'advised'
GROUP BY plan.site_id, date_trunc('hour', plan.valid_at)
ORDER BY plan.site_id, date_trunc('hour', plan.valid_at)
