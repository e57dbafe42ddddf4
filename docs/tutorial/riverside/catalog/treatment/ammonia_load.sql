/*---
name: {zh: 进水氨氮负荷, en: Ammonia load}
question: {zh: 昨天进厂的氨氮有多少？, en: How much ammonia came in yesterday?}
definition: {zh: 进水氨氮浓度 × 进水量，按日, en: Ammonia concentration × inflow of the day}
caveat: {zh: 一天一个浓度值, en: One concentration a day}
unit: kg/d
direction: band
period: day
shows: closed
tile: 13
owner: works
formula: mg/L × m³/d ÷ 1000
standard: house definition
example:  # by hand: 30 mg/L × 24 000 m³ ÷ 1000 = 720 kg
  points: |
    point_id, site_id, site_kind, quantity, role
    Q, W, wwtp, flow, influent
    N, W, wwtp, ammonia_nitrogen, influent
  daily: |
    point_id, day, mean, amount, is_valid
    Q, 2026-03-15, 1000, 24000, true
    N, 2026-03-15, 30, , true
  expect: {period: 2026-03-15, site_id: W, numerator: 720, valid: 1, expected: 1}
---*/
SELECT
    span.period,
    inflow.site_id,
    ammonia.mean * inflow.amount / 1000                              AS numerator,
    NULL                                                             AS denominator,
    CASE WHEN ammonia.is_valid AND inflow.is_valid THEN 1 ELSE 0 END AS valid,
    1                                                                AS expected
FROM span
JOIN daily AS inflow
    ON inflow.day = span.first_day
    AND inflow.site_kind = 'wwtp'
    AND inflow.quantity = 'flow'
    AND inflow.role = 'influent'
JOIN daily AS ammonia
    ON ammonia.day = inflow.day AND ammonia.site_id = inflow.site_id AND ammonia.quantity = 'ammonia_nitrogen'
