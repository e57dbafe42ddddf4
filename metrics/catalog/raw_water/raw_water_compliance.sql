/*---
name: {zh: 原水达标率, en: Raw water compliance}
question: {zh: 过去 24 小时，取来的原水合格吗？, en: Did the raw water keep its limits in the last 24 hours?}
definition: {zh: 水源地各原水测点的小时均值符合全部限值的小时数占比, en: Share of the hourly means at the sources that keep every limit of their point}
caveat: {zh: 只含在线监测的项目，全分析看化验单, en: Only what is measured online; the laboratory measures more}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 1
short: {zh: 原水达标率, en: Raw compliance}
owner: 水源管理部
formula: {zh: 守住全部限值的小时 ÷ 有限值且有数据的小时, en: hours that keep every limit ÷ hours with a limit and data}
standard: GB 3838-2002 table 1, class III
example:
# normal: A (ammonia, at most 1.0) 24 hours, one exactly at its limit, and B (oxygen, at least 5) 24 hours: 48 of 48; C has
# only an early warning, D lies at a works, E is finished water, F had a limit some time ago; yesterday and tomorrow
# stand outside
- points: &points |
    point_id, site_id, site_kind, quantity, medium
    A, S1, source, ammonia_nitrogen, raw_water
    B, S2, source, dissolved_oxygen, raw_water
    C, S1, source, turbidity, raw_water
    D, W1, works, ammonia_nitrogen, raw_water
    E, S1, source, turbidity, finished_water
    F, S1, source, codmn, raw_water
  point_limit: &limit |
    point_id, day, min, max, warning_max
    A, 2026-03-14..2026-03-16, , 1.0,
    B, 2026-03-14..2026-03-16, 5, ,
    C, 2026-03-14..2026-03-16, , , 50
    D, 2026-03-14..2026-03-16, , 1.0,
    E, 2026-03-14..2026-03-16, , 1.0,
    F, 2026-03-01, , 6,
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z..2026-03-14T23:00Z, 3, true
    A, 2026-03-15T00:00Z..2026-03-15T22:00Z, 0.4, true
    A, 2026-03-15T23:00Z, 1.0, true
    A, 2026-03-16T00:00Z, 3, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 8, true
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 80, true
    D, 2026-03-15T00:00Z..2026-03-15T23:00Z, 3, true
    E, 2026-03-15T00:00Z..2026-03-15T23:00Z, 3, true
  expect:
  - {period: 2026-03-15, numerator: 48, denominator: 48, valid: 48, expected: 48, value: 100, state: normal, reason: null}
  - {period: 2026-03-15, site_id: S1, numerator: 24, denominator: 24, state: normal}
# warning: A above 1.0 in 1 of 24 hours, B kept in 22 hours (two more were covered too little to count): 23 + 22 of
# 24 + 22 = 45 ÷ 46 = 97.83 %; the mean of 95.83 and 100 would be 97.92
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z, 1.2, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 0.4, true
    B, 2026-03-15T00:00Z..2026-03-15T21:00Z, 8, true
    B, 2026-03-15T22:00Z..2026-03-15T23:00Z, 8, false
  expect:
  - {period: 2026-03-15, numerator: 45, denominator: 46, value: 97.83, state: warning, gap: -2.17}
  - {period: 2026-03-15, site_id: S1, value: 95.83, state: warning}
  - {period: 2026-03-15, site_id: S2, value: 100, state: normal}
# alarm: oxygen under 5 in 12 hours: 36 of 48 = 75 %
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T23:00Z, 0.4, true
    B, 2026-03-15T00:00Z..2026-03-15T11:00Z, 4.9, true
    B, 2026-03-15T12:00Z..2026-03-15T23:00Z, 5.1, true
  expect: {period: 2026-03-15, numerator: 36, denominator: 48, value: 75, state: alarm, partial: false}
# empty: no reading of any time
- points: *points
  point_limit: *limit
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# ten past midnight in Shanghai (16:10 UTC): from 01:00 local yesterday, 17:00 UTC, on: 23 whole hours of each
- timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-13T16:00Z, 3, true
    A, 2026-03-13T17:00Z..2026-03-14T15:00Z, 0.4, true
    A, 2026-03-14T16:00Z, 3, false
    A, 2026-03-14T17:00Z, 3, true
    B, 2026-03-13T17:00Z..2026-03-14T15:00Z, 8, true
  expect: {period: 2026-03-15, numerator: 46, denominator: 46, valid: 46, expected: 46, value: 100, state: normal}
# too few: 6 hours in a row missing of both: 36 of 48 = 75 %
- points: *points
  point_limit: *limit
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T06:00Z..2026-03-15T23:00Z, 0.4, true
    B, 2026-03-15T06:00Z..2026-03-15T23:00Z, 8, true
  expect: {period: 2026-03-15, valid: 36, expected: 48, value: null, state: unknown, reason: too_few_data}
# a limit that changed at midnight, 1.0 → 0.5: at noon 12 hours of yesterday at 0.8 keep theirs, 12 of today don't
- as_of: 2026-03-15T12:00Z
  points: |
    point_id, site_id, site_kind, quantity, medium
    A, S1, source, ammonia_nitrogen, raw_water
  point_limit: |
    point_id, day, max
    A, 2026-03-14, 1.0
    A, 2026-03-15, 0.5
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T12:00Z..2026-03-15T11:00Z, 0.8, true
  expect: {period: 2026-03-15, numerator: 12, denominator: 24, value: 50, state: alarm}
---*/
SELECT
    span.period,
    points.site_id,
    count(*) FILTER (
        WHERE hourly.is_valid
        AND hourly.mean >= coalesce(point_limit.min, hourly.mean)
        AND hourly.mean <= coalesce(point_limit.max, hourly.mean)
    )                                                       AS numerator,
    count(*) FILTER (WHERE hourly.is_valid)                 AS denominator,
    count(*) FILTER (WHERE hourly.is_valid)                 AS valid,
    any_value(span.hours) * count(DISTINCT points.point_id) AS expected
FROM span
JOIN points ON points.medium = 'raw_water' AND points.site_kind = 'source'
JOIN point_limit
    ON point_limit.point_id = points.point_id
    AND (point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL)
    AND point_limit.day BETWEEN span.first_day AND span.last_day
LEFT JOIN hourly
    ON hourly.point_id = points.point_id AND hourly.day = point_limit.day
    AND hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
GROUP BY ALL
