-- Named parameters: one row a site, and '' for all the others.
SELECT
    subject,
    coalesce(site_id, '') AS site_id,
    value,
    effective_from        AS from_day,
    effective_to          AS to_day
FROM limits
WHERE kind = 'value'
