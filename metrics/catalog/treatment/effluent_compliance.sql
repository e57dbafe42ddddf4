/*---
name: {zh: 出水达标率, en: Effluent compliance}
question: {zh: 过去 24 小时，污水厂出水达标吗？, en: Did the treatment works' effluent keep its limits in the last 24 hours?}
definition: {zh: 出水各项目 24 小时均值（有流量的按流量加权）全部达到许可限值的污水厂占比；均值超限即报警，接近限值即预警, en: "Share of the works whose 24-hour means (weighted by flow where it is measured) of all effluent quantities keep the permit; a mean beyond its limit is an alarm, one near it a warning"}
caveat: {zh: 超限项目不足 12 个有效小时的只作预警；只含在线监测的项目, en: Beyond a limit with under 12 valid hours is only a warning; only what is measured online}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 12
short: {zh: 出水达标率, en: Effluent kept}
owner: 污水处理部
formula: {zh: 各项均值全部守限的污水厂 ÷ 有数据的污水厂, en: works whose means keep every limit ÷ works with data}
standard: DB33/2169-2018, GB 18918-2002, whichever the permit names
example:
# normal: W1 COD 12 hours 20 at 1000 m³/h and 12 hours 50 at 500: (20 000 + 25 000) ÷ 1500 = 30, at most 31 (the plain mean
# is 35); its ammonia exactly at its early warning. W2 COD exactly at its limit, pH exactly at its lower one, flow from a
# totaliser. W1's totaliser and raw inflow, an influent COD, one of a user and a temperature with an early warning only
# don't count; nor does another day
- points: &points |
    point_id, site_id, site_kind, quantity, role, medium
    C1, W1, wwtp, cod, effluent, effluent
    N1, W1, wwtp, ammonia_nitrogen, effluent, effluent
    F1, W1, wwtp, flow, effluent,
    V1, W1, wwtp, volume, effluent,
    R1, W1, wwtp, flow, influent,
    I1, W1, wwtp, cod, influent, influent
    T1, W1, wwtp, temperature, effluent, effluent
    C2, W2, wwtp, cod, effluent, effluent
    P2, W2, wwtp, ph, effluent, effluent
    V2, W2, wwtp, volume, effluent,
    U, U, large_user, cod, effluent, effluent
  point_limit: &limit |
    point_id, day, min, max, warning_min, warning_max
    C1, 2026-03-14..2026-03-16, , 31, , 30.5
    N1, 2026-03-14..2026-03-16, , 2, , 1.6
    I1, 2026-03-14..2026-03-16, , 31, ,
    T1, 2026-03-14..2026-03-16, , , , 25
    C2, 2026-03-14..2026-03-16, , 40, ,
    P2, 2026-03-14..2026-03-16, 6.5, 8.5, ,
    U, 2026-03-14..2026-03-16, , 31, ,
  hourly: |
    point_id, hour, mean, is_valid
    C1, 2026-03-14T22:00Z..2026-03-14T23:00Z, 900, true
    C1, 2026-03-15T00:00Z..2026-03-15T11:00Z, 20, true
    C1, 2026-03-15T12:00Z..2026-03-15T23:00Z, 50, true
    C1, 2026-03-16T00:00Z..2026-03-16T01:00Z, 900, true
    F1, 2026-03-15T00:00Z..2026-03-15T11:00Z, 1000, true
    F1, 2026-03-15T12:00Z..2026-03-15T23:00Z, 500, true
    V1, 2026-03-15T12:00Z..2026-03-15T23:00Z, 9000, true
    R1, 2026-03-15T12:00Z..2026-03-15T23:00Z, 9000, true
    N1, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1.6, true
    I1, 2026-03-15T00:00Z..2026-03-15T23:00Z, 900, true
    T1, 2026-03-15T00:00Z..2026-03-15T23:00Z, 30, true
    C2, 2026-03-15T00:00Z..2026-03-15T23:00Z, 40, true
    P2, 2026-03-15T00:00Z..2026-03-15T23:00Z, 6.5, true
    V2, 2026-03-15T00:00Z..2026-03-15T23:00Z, 100, true
    U, 2026-03-15T00:00Z..2026-03-15T23:00Z, 900, true
  expect:
  - {period: 2026-03-15, numerator: 2, denominator: 2, valid: 96, expected: 96, value: 100, state: normal, reason: null, rows: 2}
  - {period: 2026-03-15, site_id: W1, numerator: 1, denominator: 1, valid: 48, expected: 48, state: normal}
# warning: COD 33 of 40, early from 32, pH 6.7, early under 6.75; an hour of 900 that was covered too little doesn't count
- points: &simple |
    point_id, site_id, site_kind, quantity, role, medium
    C, W1, wwtp, cod, effluent, effluent
    P, W2, wwtp, ph, effluent, effluent
  point_limit: &both |
    point_id, day, min, max, warning_min, warning_max
    C, 2026-03-14..2026-03-15, , 40, , 32
    P, 2026-03-14..2026-03-15, 6.5, 8.5, 6.75,
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T22:00Z, 33, true
    C, 2026-03-15T23:00Z, 900, false
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, valid: 47, value: 100, state: warning, reason: early_warning}
  - {period: 2026-03-15, site_id: W2, state: normal, reason: null}
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 32, true
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 6.7, true
  expect:
  - {period: 2026-03-15, value: 100, state: warning, reason: early_warning}
  - {period: 2026-03-15, site_id: W1, state: normal}
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 20, true
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 6.75, true
  expect: {period: 2026-03-15, state: normal}
# alarm: COD 41 in just 12 valid hours: 1 of 2 works
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T11:00Z, 41, true
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, numerator: 1, denominator: 2, valid: 36, value: 50, state: alarm, reason: too_few_data, partial: true}
  - {period: 2026-03-15, site_id: W1, value: 0, state: alarm}
# alarm: pH 6.4 all day
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 20, true
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 6.4, true
  expect: {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm, reason: over_limit, partial: false}
# only a warning: the same with 11 valid hours of it
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T10:00Z, 41, true
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, value: 50, state: warning, partial: true}
  - {period: 2026-03-15, site_id: W1, value: 0, state: warning}
# an hour without its flow weighs as the others do on average: 12 hours 20 at 1000 m³/h, 6 hours 50 at 400, 6 hours 30
# without a flow (two of them have one that was covered too little), (12 × 1000 + 6 × 400) ÷ 18 = 800:
# (240 000 + 120 000 + 144 000) ÷ 19 200 = 26.25, above 26.2; without those hours it would be 25
- points: &one |
    point_id, site_id, site_kind, quantity, role, medium
    C, W1, wwtp, cod, effluent, effluent
    F, W1, wwtp, flow, effluent,
    F2, W2, wwtp, flow, effluent,
  point_limit: |
    point_id, day, max
    C, 2026-03-15, 26.2
  hourly: &weighed |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T11:00Z, 20, true
    C, 2026-03-15T12:00Z..2026-03-15T17:00Z, 50, true
    C, 2026-03-15T18:00Z..2026-03-15T23:00Z, 30, true
    F, 2026-03-15T00:00Z..2026-03-15T11:00Z, 1000, true
    F, 2026-03-15T12:00Z..2026-03-15T17:00Z, 400, true
    F, 2026-03-15T18:00Z..2026-03-15T19:00Z, 9, false
  expect: {period: 2026-03-15, numerator: 0, valid: 24, value: 0, state: alarm}
- points: *one
  point_limit: |
    point_id, day, max
    C, 2026-03-15, 26.3
  hourly: *weighed
  expect: {period: 2026-03-15, numerator: 1, value: 100, state: normal}
# no flow at all in the window, but a meter that says 0: the plain mean, (12 × 30 + 12 × 50) ÷ 24 = 40, is inside
- points: *one
  point_limit: |
    point_id, day, max
    C, 2026-03-15, 40
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T11:00Z, 30, true
    C, 2026-03-15T12:00Z..2026-03-15T23:00Z, 50, true
    F, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0, true
  expect: {period: 2026-03-15, numerator: 1, value: 100, state: normal}
# empty; and a works without one valid hour, which leaves both sums
- points: *simple
  point_limit: *both
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    P, 2026-03-15T00:00Z..2026-03-15T23:00Z, 7, true
  expect:
  - {period: 2026-03-15, numerator: 1, denominator: 1, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-15, site_id: W1, numerator: null, denominator: 0, valid: 0}
# just after midnight: from 01:00 yesterday to 00:10; the hour before that and hours to come don't count
- as_of: 2026-03-15T00:10Z
  points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-14T00:00Z, 900, true
    C, 2026-03-14T01:00Z..2026-03-14T23:00Z, 20, true
    C, 2026-03-15T00:00Z, 900, false
    C, 2026-03-15T01:00Z, 900, true
    P, 2026-03-14T01:00Z..2026-03-14T23:00Z, 7, true
  expect: {period: 2026-03-15, numerator: 2, valid: 46, expected: 46, value: 100, state: normal}
# too few: 6 hours in a row missing of both
- points: *simple
  point_limit: *both
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T17:00Z, 20, true
    P, 2026-03-15T00:00Z..2026-03-15T17:00Z, 7, true
  expect: {period: 2026-03-15, valid: 36, expected: 48, value: null, state: unknown, reason: too_few_data}
# a limit that changed at midnight, 60 → 40 mg/L: at noon the window is judged by the 15th's, though half of it is the 14th
- as_of: 2026-03-15T12:00Z
  points: *one
  point_limit: |
    point_id, day, max
    C, 2026-03-14, 60
    C, 2026-03-15, 40
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-14T00:00Z..2026-03-15T11:00Z, 50, true
    F, 2026-03-14T00:00Z..2026-03-15T11:00Z, 100, true
  expect:
  - {period: 2026-03-14, numerator: 1, valid: 24, value: 100, state: normal}
  - {period: 2026-03-15, numerator: 0, valid: 24, value: 0, state: alarm, reason: over_limit}
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

-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'wwtp' AND role = 'effluent' AND quantity IN ('flow', 'volume')
),

flows AS (
    SELECT
        meters.site_id,
        hourly.hour,
        sum(hourly.mean) AS m3h
    FROM meters
    JOIN hourly ON hourly.point_id = meters.point_id AND hourly.is_valid
    WHERE meters.quantity = meters.best
    GROUP BY meters.site_id, hourly.hour
),

-- the limits of the period's day judge the whole window
limited AS (
    SELECT
        span.period,
        span.hours,
        points.site_id,
        points.point_id,
        point_limit.min AS lowest,
        point_limit.max AS highest,
        point_limit.warning_min,
        point_limit.warning_max
    FROM span
    JOIN point_limit
        ON point_limit.day = span.period AND (point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL)
    JOIN points
        ON points.point_id = point_limit.point_id AND points.medium = 'effluent' AND points.site_kind = 'wwtp'
),

hours AS (
    SELECT
        limited.period,
        limited.point_id,
        hourly.mean,
        flows.m3h
    FROM limited
    JOIN days ON days.period = limited.period
    JOIN hourly
        ON hourly.point_id = limited.point_id AND hourly.day = days.day AND hourly.is_valid
        AND hourly.hour >= days.starts_at AND hourly.hour < days.ends_at
    LEFT JOIN flows ON flows.site_id = limited.site_id AND flows.hour = hourly.hour
),

-- an hour whose flow is missing weighs as much as the others do on average
weighted AS (
    SELECT
        period,
        point_id,
        mean,
        coalesce(m3h, avg(m3h) OVER (PARTITION BY period, point_id), 1) AS weight
    FROM hours
),

means AS (
    SELECT
        period,
        point_id,
        count(*)                                                         AS valid,
        coalesce(sum(mean * weight) / nullif(sum(weight), 0), avg(mean)) AS mean
    FROM weighted
    GROUP BY period, point_id
),

verdicts AS (
    SELECT
        limited.period,
        limited.site_id,
        limited.point_id,
        limited.hours,
        coalesce(means.valid, 0)                                                              AS valid,
        coalesce(means.mean < limited.lowest OR means.mean > limited.highest, FALSE)          AS is_over,
        coalesce(means.mean < limited.warning_min OR means.mean > limited.warning_max, FALSE) AS is_early
    FROM limited
    LEFT JOIN means ON means.period = limited.period AND means.point_id = limited.point_id
)

SELECT
    period,
    site_id,
    CASE WHEN sum(valid) = 0 THEN NULL WHEN bool_or(is_over) THEN 0 ELSE 1 END AS numerator,
    CASE WHEN sum(valid) = 0 THEN 0 ELSE 1 END                                 AS denominator,
    sum(valid)                                                                 AS valid,
    sum(hours)                                                                 AS expected,
    CASE
        WHEN bool_or(is_over AND valid >= 12) THEN 'alarm'
        WHEN bool_or(is_over OR is_early) THEN 'warning'
    END                                                                        AS floor_state,
    CASE WHEN bool_or(is_over) THEN 'over_limit' ELSE 'early_warning' END      AS floor_reason
FROM verdicts
GROUP BY period, site_id
