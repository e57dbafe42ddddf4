/*---
name: {zh: 出厂水达标率, en: Finished water compliance}
question: {zh: 过去 24 小时，出厂水合格吗？, en: Did the water that left the works keep its limits in the last 24 hours?}
definition: {zh: 各水厂出厂水测点的小时均值符合全部限值的小时数占比；同一测点连续两个小时超限即报警，接近限值即预警, en: "Share of the hourly means of finished water that keep every limit of their point; one point outside in two hours running is an alarm, an early warning a warning"}
caveat: {zh: 只含在线监测的项目，不足一小时的超限看例外清单, en: Only what is measured online; less than an hour outside shows among the exceptions}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 4
short: {zh: 出厂水达标率, en: Finished water}
owner: 制水部
formula: {zh: 守住全部限值的小时 ÷ 有限值且有数据的小时, en: hours that keep every limit ÷ hours with a limit and data}
standard: GB 5749-2022; early warning of turbidity at 0.3 NTU by the house
example:
# normal: A (turbidity ≤ 1, early from 0.3) and B (pH 6.5–8.5), 24 hours each, each with one exactly at its limit of
# early warning; C has no limit, D is raw water, E is the works' water on its way (role process), F had a limit some time ago;
# other days stand outside
- points: &points |
    point_id, site_id, quantity, role, medium
    A, W1, turbidity, finished, finished_water
    B, W2, ph, finished, finished_water
    C, W1, temperature, finished, finished_water
    D, W1, turbidity, finished, raw_water
    E, W1, turbidity, process, finished_water
    F, W1, codmn, finished, finished_water
  point_limit: &limit |
    point_id, day, min, max, warning_min, warning_max
    A, 2026-03-14..2026-03-16, , 1, , 0.3
    B, 2026-03-14..2026-03-16, 6.5, 8.5, 6.8,
    C, 2026-03-14..2026-03-16, , , , 25
    D, 2026-03-14..2026-03-16, , 1, ,
    E, 2026-03-14..2026-03-16, , 1, ,
    F, 2026-03-01, , 3, ,
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z..2026-03-14T23:00Z, 3, true
    A, 2026-03-15T00:00Z..2026-03-15T22:00Z, 0.1, true
    A, 2026-03-15T23:00Z, 0.3, true
    A, 2026-03-16T00:00Z..2026-03-16T01:00Z, 3, true
    B, 2026-03-15T00:00Z, 6.8, true
    B, 2026-03-15T01:00Z..2026-03-15T23:00Z, 7, true
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 30, true
    D, 2026-03-15T00:00Z..2026-03-15T23:00Z, 3, true
    E, 2026-03-15T00:00Z..2026-03-15T23:00Z, 3, true
  expect:
  - {period: 2026-03-15, numerator: 48, denominator: 48, valid: 48, expected: 48, value: 100, state: normal, reason: null}
  - {period: 2026-03-15, site_id: W1, numerator: 24, denominator: 24, state: normal}
# warning: every limit kept, but one hour at 0.31 NTU is an early warning; W2 isn't warned
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z, 0.31, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, value: 100, state: warning, reason: early_warning}
  - {period: 2026-03-15, site_id: W1, value: 100, state: warning, reason: early_warning}
  - {period: 2026-03-15, site_id: W2, value: 100, state: normal, reason: null}
# warning: pH 6.7 is under its early warning, too; a turbid hour that was covered too little warns nobody
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z, 0.31, false
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-15T00:00Z, 6.7, true
    B, 2026-03-15T01:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, numerator: 47, denominator: 47, valid: 47, value: 100, state: warning, reason: early_warning}
  - {period: 2026-03-15, site_id: W1, state: normal}
# warning: outside at 03, 05 and 07 (06 was covered too little), never in two hours running: 20 of 23 and 22 of 22:
# 42 ÷ 45 = 93.33 % (the mean of 86.96 and 100 would be 93.48)
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T02:00Z, 0.1, true
    A, 2026-03-15T03:00Z, 1.1, true
    A, 2026-03-15T04:00Z, 0.1, true
    A, 2026-03-15T05:00Z, 1.1, true
    A, 2026-03-15T06:00Z, 1.1, false
    A, 2026-03-15T07:00Z, 1.1, true
    A, 2026-03-15T08:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-15T00:00Z..2026-03-15T21:00Z, 7, true
  expect: {period: 2026-03-15, numerator: 42, denominator: 45, value: 93.33, state: warning, reason: early_warning}
# alarm: 03 and 04 outside, by the same point: 46 ÷ 48 = 95.83 %
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T02:00Z, 0.1, true
    A, 2026-03-15T03:00Z..2026-03-15T04:00Z, 1.1, true
    A, 2026-03-15T05:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, numerator: 46, denominator: 48, value: 95.83, state: alarm, reason: two_hours_over, partial: false}
  - {period: 2026-03-15, site_id: W1, state: alarm, reason: two_hours_over}
  - {period: 2026-03-15, site_id: W2, state: normal}
# no alarm: A of W1 is outside at 03, another point of W1 at 04; a gap lies between A's 03 and 05. B's 6.5 at 00 is kept
- points: |
    point_id, site_id, quantity, role, medium
    A, W1, turbidity, finished, finished_water
    B, W1, turbidity, finished, finished_water
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T02:00Z, 0.1, true
    A, 2026-03-15T03:00Z, 1.1, true
    A, 2026-03-15T05:00Z, 1.1, true
    A, 2026-03-15T06:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-15T00:00Z, 6.5, true
    B, 2026-03-15T01:00Z..2026-03-15T03:00Z, 7, true
    B, 2026-03-15T04:00Z, 9, true
    B, 2026-03-15T05:00Z..2026-03-15T23:00Z, 7, true
  expect: {period: 2026-03-15, numerator: 44, denominator: 47, state: warning}
# two hours running over midnight, 23:00 and 00:00: each of the two closed days has one of them only, 23 + 24 of 48 hours
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z..2026-03-14T22:00Z, 0.1, true
    A, 2026-03-14T23:00Z..2026-03-15T00:00Z, 1.1, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 0.1, true
    B, 2026-03-14T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-14, numerator: 47, denominator: 48, state: warning}
  - {period: 2026-03-15, numerator: 47, denominator: 48, state: warning}
# just after midnight: 01:00 yesterday to 00:10; 00:00 yesterday was outside, and no longer counts
- as_of: 2026-03-15T00:10Z
  points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z, 3, true
    A, 2026-03-14T01:00Z..2026-03-14T23:00Z, 0.1, true
    A, 2026-03-15T00:00Z, 3, false
    A, 2026-03-15T01:00Z, 3, true
    B, 2026-03-14T01:00Z..2026-03-14T23:00Z, 7, true
  expect: {period: 2026-03-15, numerator: 46, denominator: 46, expected: 46, value: 100, state: normal}
# empty
- points: *points
  point_limit: *limit
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# too few: 6 hours in a row missing of each; what is there is all in order, so nobody knows
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T17:00Z, 0.1, true
    B, 2026-03-15T00:00Z..2026-03-15T17:00Z, 7, true
  expect: {period: 2026-03-15, validity: 0.75, value: null, state: unknown, reason: too_few_data}
# too few, but two hours outside are an alarm all the same, a partial one
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T15:00Z, 0.1, true
    A, 2026-03-15T16:00Z..2026-03-15T17:00Z, 1.1, true
    B, 2026-03-15T00:00Z..2026-03-15T17:00Z, 7, true
  expect: {period: 2026-03-15, value: 94.44, state: alarm, partial: true, reason: too_few_data}
# a limit that changed at midnight, 1 → 0.5 NTU: at noon 12 hours of yesterday at 1 keep theirs, 12 of today don't
- as_of: 2026-03-15T12:00Z
  points: |
    point_id, site_id, quantity, role, medium
    A, W1, turbidity, finished, finished_water
  point_limit: |
    point_id, day, max
    A, 2026-03-14, 1
    A, 2026-03-15, 0.5
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T12:00Z..2026-03-15T11:00Z, 1, true
  expect: {period: 2026-03-15, numerator: 12, denominator: 24, value: 50, state: alarm, reason: two_hours_over}
---*/
WITH hours AS (
    SELECT
        span.period,
        span.hours,
        points.site_id,
        points.point_id,
        hourly.hour,
        hourly.is_valid,
        hourly.is_valid
        AND (hourly.mean < point_limit.warning_min OR hourly.mean > point_limit.warning_max) AS is_early,
        CASE
            WHEN hourly.is_valid AND (hourly.mean < point_limit.min OR hourly.mean > point_limit.max) THEN hourly.hour
        END                                                                                  AS over_at
    FROM span
    JOIN points ON points.medium = 'finished_water' AND points.role = 'finished'
    JOIN point_limit
        ON point_limit.point_id = points.point_id
        AND (point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL)
        AND point_limit.day BETWEEN span.first_day AND span.last_day
    LEFT JOIN hourly
        ON hourly.point_id = points.point_id AND hourly.day = point_limit.day
        AND hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
),

runs AS (
    SELECT
        *,
        lag(over_at) OVER (PARTITION BY period, point_id ORDER BY hour) AS over_before
    FROM hours
)

SELECT
    period,
    site_id,
    count(*) FILTER (WHERE is_valid AND over_at IS NULL) AS numerator,
    count(*) FILTER (WHERE is_valid)                     AS denominator,
    count(*) FILTER (WHERE is_valid)                     AS valid,
    any_value(hours) * count(DISTINCT point_id)          AS expected,
    CASE
        WHEN bool_or(over_at - INTERVAL '1' HOUR = over_before) THEN 'alarm'
        WHEN bool_or(is_early) THEN 'warning'
    END                                                  AS floor_state,
    CASE
        WHEN bool_or(over_at - INTERVAL '1' HOUR = over_before) THEN 'two_hours_over'
        ELSE 'early_warning'
    END                                                  AS floor_reason
FROM runs
GROUP BY period, site_id
