/*---
name: {zh: 分区日供水量, en: Supply of the areas}
short: {zh: 分区供水, en: Area supply}
question: {zh: 昨天各分区一共进了多少水？, en: How much water entered the areas yesterday?}
definition: {zh: 各分区入口流量的日水量之和, en: Sum of the day's volumes through the inlets of the areas}
caveat: {zh: 没有有效日的分区不计入, en: An area without a valid day is left out}
unit: m³
direction: band
period: day
shows: closed
aggregate: sum
sites: ranked
tile: 6
owner: BWDF
formula: {zh: Σ 有效小时的平均流量 × 24, en: Σ mean of the valid hours × 24}
standard: none
example:
# A has a valid day of 240 m³, B one of 360, C none: 600 m³ of two areas, and 2 of 3 valid are too few to show it
- points: &points |
    point_id, site_id, quantity, role, to_site_id
    A, A, flow, inlet, A
    B, B, flow, inlet, B
    C, C, flow, inlet, C
  daily: |
    point_id, day, amount, is_valid
    A, 2023-03-30, 240, true
    B, 2023-03-30, 360, true
    C, 2023-03-30, 50, false
  expect:
  - {period: 2023-03-30, numerator: 600, valid: 2, expected: 3, value: null, state: unknown, reason: too_few_data}
  - {period: 2023-03-30, site_id: B, value: 360, state: normal}
# all three: 240 + 360 + 100 = 700 m³
- points: *points
  daily: |
    point_id, day, amount, is_valid
    A, 2023-03-30, 240, true
    B, 2023-03-30, 360, true
    C, 2023-03-30, 100, true
  expect: {period: 2023-03-30, value: 700, valid: 3, expected: 3, state: normal}
---*/
SELECT
    span.period,
    points.to_site_id                               AS site_id,
    sum(daily.amount) FILTER (WHERE daily.is_valid) AS numerator,
    cast(NULL AS DOUBLE)                            AS denominator,
    count(*) FILTER (WHERE daily.is_valid)          AS valid,
    count(DISTINCT points.point_id)                 AS expected
FROM span
JOIN points ON points.quantity = 'flow' AND points.role = 'inlet'
LEFT JOIN daily ON daily.point_id = points.point_id AND daily.day = span.first_day
GROUP BY span.period, points.to_site_id
