-- The newest plan: what each station should pump and each works receives in each quarter of an hour, beside the rule
-- installed over the same inflow. A works' overflow is what arrives above its capacity.
WITH newest AS (SELECT max(issued_at) AS issued_at FROM plan)

SELECT
    plan.site_id,
    plan.variant,
    plan.issued_at,
    plan.valid_at,
    plan.flow_m3h,
    plan.level_m,
    plan.overflow_m3,
    plan.kwh,
    plan.cost_cny,
    plan.starts,
    plan.binding,
    plan.binding_m3
FROM plan
JOIN newest ON newest.issued_at = plan.issued_at
WHERE plan.variant IN ('advised', 'installed_rule')
ORDER BY plan.site_id, plan.variant, plan.valid_at
