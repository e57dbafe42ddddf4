/*---
name: {zh: 压力合格率, en: Pressure compliance}
question: {zh: 过去 24 小时，用户家里的水压够不够？, en: Was there enough pressure in the last 24 hours?}
definition: {zh: 测压点的小时平均压力不低于该点下限的小时数占比, en: Share of the hourly mean pressures that reach the point's minimum}
caveat: {zh: 不足一小时的低压不在此数中，看例外清单, en: A drop shorter than an hour shows among the exceptions only}
unit: "%"
direction: up
period: day
shows: current
aggregate: sum
tile: 8
short: {zh: 压力合格率, en: Pressure kept}
owner: 管网部
formula: {zh: 不低于下限的小时 ÷ 有数据的小时, en: hours at or above the minimum ÷ hours with data}
standard: published service commitments
example:
# by hand: A 1 of 2 hours, B 3 of 3: (1 + 3) ÷ (2 + 3) = 80 %, not the mean of 50 % and 100 %; 24 hours due of each, so
# 5 of 48 are too few to judge
- points: |
    point_id, site_id, quantity, role
    A, N, pressure, network
    B, N, pressure, network
  point_limit: |
    point_id, day, min
    A, 2026-03-15, 0.14
    B, 2026-03-15, 0.14
  hourly: |
    point_id, hour, day, mean, is_valid
    A, 2026-03-15T00:00Z, 2026-03-15, 0.13, true
    A, 2026-03-15T01:00Z, 2026-03-15, 0.14, true
    A, 2026-03-15T02:00Z, 2026-03-15, 0.10, false
    B, 2026-03-15T00:00Z, 2026-03-15, 0.25, true
    B, 2026-03-15T01:00Z, 2026-03-15, 0.25, true
    B, 2026-03-15T02:00Z, 2026-03-15, 0.25, true
  expect: {period: 2026-03-15, site_id: N, numerator: 4, denominator: 5, valid: 5, expected: 48}
# normal: 24 + 24 hours kept of 48; C (a pump's outlet), D (a flow), E (no minimum) and F (none on that day) don't count;
# rows of the days before and after neither
- points: &points |
    point_id, site_id, quantity, role
    A, N, pressure, network
    B, M, pressure, network
    C, N, pressure, discharge
    D, N, flow, network
    E, N, pressure, network
    F, N, pressure, network
  point_limit: &limit |
    point_id, day, min, max
    A, 2026-03-14..2026-03-16, 0.14,
    B, 2026-03-14..2026-03-16, 0.14,
    C, 2026-03-14..2026-03-16, 0.14,
    D, 2026-03-14..2026-03-16, 0.14,
    E, 2026-03-14..2026-03-16, , 0.60
    F, 2026-03-01, 0.14,
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T20:00Z..2026-03-14T23:00Z, 0.01, true
    A, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.25, true
    A, 2026-03-16T00:00Z..2026-03-16T02:00Z, 0.01, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.14, true
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.01, true
    D, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.01, true
    E, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.01, true
  expect:
  - {period: 2026-03-15, numerator: 48, denominator: 48, valid: 48, expected: 48, value: 100, state: normal, reason: null}
  - {period: 2026-03-15, site_id: N, numerator: 24, denominator: 24, value: 100, state: normal}
# warning: 1 of 24 low at N, none of 23 at M (its hour 23 was covered too little): 46 ÷ 47 = 97.87 %, below 98, not below
# 97; N alone 23 ÷ 24 = 95.83 %: alarm
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T22:00Z, 0.25, true
    A, 2026-03-15T23:00Z, 0.13, true
    B, 2026-03-15T00:00Z..2026-03-15T22:00Z, 0.25, true
    B, 2026-03-15T23:00Z, 0.25, false
  expect:
  - {period: 2026-03-15, numerator: 46, denominator: 47, value: 97.87, state: warning, partial: false, gap: -0.13}
  - {period: 2026-03-15, site_id: N, value: 95.83, state: alarm}
  - {period: 2026-03-15, site_id: M, value: 100, state: normal}
# alarm, the mean of rates would not see it as it is: A 12 of 24, B 6 of 6: 18 ÷ 30 = 60 % (the mean of 50 and 100 is
# 75); 30 of 48 hours (62.5 %) are too few for a normal state, but the alarm stays, as a partial one
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T11:00Z, 0.10, true
    A, 2026-03-15T12:00Z..2026-03-15T23:00Z, 0.20, true
    B, 2026-03-15T00:00Z..2026-03-15T05:00Z, 0.20, true
  expect: {period: 2026-03-15, numerator: 18, denominator: 30, value: 60, state: alarm, partial: true, validity: 0.625}
# empty: points, but not one reading of any time
- points: *points
  point_limit: *limit
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight: the window is the 23 whole hours from 01:00 yesterday and ten minutes of the running one, which
# are not yet a valid hour; 00:00 yesterday is no longer in it (and nothing after the moment, if there were such rows)
- points: *points
  point_limit: *limit
  as_of: 2026-03-15T00:10Z
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z, 0.01, true
    A, 2026-03-14T01:00Z..2026-03-14T23:00Z, 0.25, true
    A, 2026-03-15T00:00Z, 0.01, false
    A, 2026-03-15T01:00Z, 0.01, true
    B, 2026-03-14T01:00Z..2026-03-14T23:00Z, 0.25, true
  expect: {period: 2026-03-15, numerator: 46, denominator: 46, valid: 46, expected: 46, value: 100, state: normal}
# too few: 6 hours in a row are missing of A and of B: 36 of 48 = 75 %, under 80 %
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T17:00Z, 0.25, true
    B, 2026-03-15T00:00Z..2026-03-15T17:00Z, 0.25, true
  expect: {period: 2026-03-15, validity: 0.75, value: null, state: unknown, reason: too_few_data}
# a limit that changed at midnight, 0.14 → 0.20: at noon 12 hours of yesterday at 0.17 keep theirs, 12 of today don't
- points: |
    point_id, site_id, quantity, role
    A, N, pressure, network
  point_limit: |
    point_id, day, min
    A, 2026-03-14, 0.14
    A, 2026-03-15, 0.20
  as_of: 2026-03-15T12:00Z
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T12:00Z..2026-03-15T11:00Z, 0.17, true
  expect: {period: 2026-03-15, numerator: 12, denominator: 24, expected: 24, value: 50, state: alarm}
---*/
SELECT
    span.period,
    points.site_id,
    count(*) FILTER (WHERE hourly.is_valid AND hourly.mean >= point_limit.min) AS numerator,
    count(*) FILTER (WHERE hourly.is_valid)                                    AS denominator,
    count(*) FILTER (WHERE hourly.is_valid)                                    AS valid,
    any_value(span.hours) * count(DISTINCT points.point_id)                    AS expected
FROM span
JOIN points ON points.quantity = 'pressure' AND points.role = 'network'
JOIN point_limit
    ON point_limit.point_id = points.point_id AND point_limit.min IS NOT NULL
    AND point_limit.day BETWEEN span.first_day AND span.last_day
LEFT JOIN hourly
    ON hourly.point_id = points.point_id AND hourly.day = point_limit.day
    AND hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
GROUP BY ALL
