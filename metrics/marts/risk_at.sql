-- The newest risk of each site and kind at each span's end, while its horizon lasts.
SELECT
    span.period,
    risk.site_id,
    risk.kind,
    max_by(risk.probability, risk.issued_at) AS probability
FROM span
JOIN risk
    ON risk.issued_at <= span.ends_at AND risk.issued_at + risk.horizon_h * INTERVAL '1' HOUR >= span.ends_at
GROUP BY span.period, risk.site_id, risk.kind
