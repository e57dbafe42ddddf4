/*---
name: {zh: 泵组可用率, en: Pump availability}
question: {zh: 过去 24 小时，污水泵能不能随时开起来？, en: Could the sewage pumps have run whenever wanted in the last 24 hours?}
definition: {zh: 污水泵站水泵可用时间占有数据时间的比例, en: Share of the time with data in which the sewage stations' pumps were available}
caveat: {zh: 没有可用状态测点的泵不在此数中, en: A pump without an availability point is not in this number}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 11
short: {zh: 泵组可用率, en: Pumps available}
owner: 排水调度中心
formula: Σ available pump-hours ÷ Σ pump-hours with data
standard: house default
example:
# normal: A and B available for all of their 24 hours: 48 of 48
- points: &points |
    point_id, site_id, site_kind, quantity, role
    A, S1, sewage_station, available, state
    B, S2, sewage_station, available, state
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, 3600, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, 3600, true
  expect: {period: 2026-03-15, numerator: 48, denominator: 48, valid: 48, expected: 48, value: 100, state: normal}
---*/
-- the days a window touches: equal days are found fast, hours between two moments are not
WITH days AS (
    SELECT
        *,
        first_day AS day
    FROM span
    UNION
    SELECT
        *,
        last_day AS day
    FROM span
),

pumps AS (
    SELECT
        points.point_id,
        points.site_id
    FROM points
    LEFT JOIN machines ON machines.machine_id = points.machine_id
    WHERE
        points.site_kind = 'sewage_station' AND points.quantity = 'available'
        AND coalesce(machines.kind, 'pump') = 'pump'
)

SELECT
    days.period,
    pumps.site_id,
    -- by the time covered, so that the running hour counts as far as it went
    sum(hourly.mean * hourly.covered_s) / 3600             AS numerator,
    coalesce(sum(hourly.covered_s), 0) / 3600              AS denominator,
    count(*) FILTER (WHERE hourly.is_valid)                AS valid,
    any_value(days.hours) * count(DISTINCT pumps.point_id) AS expected
FROM days
CROSS JOIN pumps
LEFT JOIN hourly
    ON hourly.point_id = pumps.point_id AND hourly.day = days.day
    AND hourly.hour >= days.starts_at AND hourly.hour < days.ends_at
GROUP BY days.period, pumps.site_id
