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
formula: {zh: Σ 可用泵·小时 ÷ Σ 有数据的泵·小时, en: Σ available pump-hours ÷ Σ pump-hours with data}
standard: house default
example:
# normal: A 24 hours, B 23 and a half hour (too little to be a valid hour, but time all the same): 47.5 of 47.5. A
# running pump, a mixer, a treatment works' pump and other days don't count
- points: &points |
    point_id, site_id, site_kind, quantity, role, machine_id
    A, S1, sewage_station, available, state, P1
    B, S2, sewage_station, available, state,
    R, S1, sewage_station, running, state, P1
    X, S1, sewage_station, available, state, X1
    W, W1, wwtp, available, state, P9
  machines: &machines |
    machine_id, site_id, kind
    P1, S1, pump
    X1, S1, mixer
    P9, W1, pump
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-14T23:00Z, 0, 3600, true
    A, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, 3600, true
    A, 2026-03-16T00:00Z, 0, 3600, true
    B, 2026-03-15T00:00Z..2026-03-15T22:00Z, 1, 3600, true
    B, 2026-03-15T23:00Z, 1, 1800, false
    R, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0, 3600, true
    X, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0, 3600, true
    W, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0, 3600, true
  expect: {period: 2026-03-15, numerator: 47.5, denominator: 47.5, valid: 47, expected: 48, value: 100, state: normal, reason: null, rows: 2}
# warning: A out of order for 1 of 24 hours, B available in all of its 20: 43 ÷ 44 = 97.73 % (the mean of 95.83 and 100
# would be 97.92)
- points: *points
  machines: *machines
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-15T00:00Z, 0, 3600, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 1, 3600, true
    B, 2026-03-15T00:00Z..2026-03-15T19:00Z, 1, 3600, true
  expect:
  - {period: 2026-03-15, numerator: 43, denominator: 44, valid: 44, expected: 48, value: 97.73, state: warning, gap: -0.27}
  - {period: 2026-03-15, site_id: S1, value: 95.83, state: warning}
  - {period: 2026-03-15, site_id: S2, value: 100, state: normal}
# alarm: A out for 3 hours and half of a fourth: (20.5 + 24) ÷ 48 = 92.71 %
- points: *points
  machines: *machines
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T02:00Z, 0, 3600, true
    A, 2026-03-15T03:00Z, 0.5, 3600, true
    A, 2026-03-15T04:00Z..2026-03-15T23:00Z, 1, 3600, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, 3600, true
  expect: {period: 2026-03-15, numerator: 44.5, denominator: 48, value: 92.71, state: alarm, partial: false}
# empty
- points: *points
  machines: *machines
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight: from 01:00 yesterday to 00:10; A fails in the ten minutes of the running hour: 23 + 23 available
# of 46 and a sixth: 46 ÷ 46.1667 = 99.64 %; what lies before the window or after the moment doesn't count
- as_of: 2026-03-15T00:10Z
  points: *points
  machines: *machines
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-14T00:00Z, 0, 3600, true
    A, 2026-03-14T01:00Z..2026-03-14T23:00Z, 1, 3600, true
    A, 2026-03-15T00:00Z, 0, 600, false
    A, 2026-03-15T01:00Z, 0, 3600, true
    B, 2026-03-14T01:00Z..2026-03-14T23:00Z, 1, 3600, true
  expect: {period: 2026-03-15, numerator: 46, denominator: 46.1667, valid: 46, expected: 46, value: 99.64, state: normal}
# too few: 6 hours in a row missing of both: 36 of 48 = 75 %
- points: *points
  machines: *machines
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T17:00Z, 1, 3600, true
    B, 2026-03-15T00:00Z..2026-03-15T17:00Z, 1, 3600, true
  expect: {period: 2026-03-15, valid: 36, expected: 48, value: null, state: unknown, reason: too_few_data}
# a limit that changed on the 15th, 98 → 99: A out for three quarters of an hour on either day: 47.25 of 48 = 98.44 %
- points: *points
  machines: *machines
  hourly: |
    point_id, hour, mean, covered_s, is_valid
    A, 2026-03-14T00:00Z, 0.25, 3600, true
    A, 2026-03-14T01:00Z..2026-03-14T23:00Z, 1, 3600, true
    A, 2026-03-15T00:00Z, 0.25, 3600, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 1, 3600, true
    B, 2026-03-14T00:00Z..2026-03-15T23:00Z, 1, 3600, true
  limits: |
    subject, kind, value, effective_from, effective_to
    pump_availability, warning, 98, 2020-01-01, 2026-03-14
    pump_availability, warning, 99, 2026-03-15,
  expect:
  - {period: 2026-03-14, numerator: 47.25, value: 98.44, state: normal}
  - {period: 2026-03-15, numerator: 47.25, value: 98.44, state: warning}
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
