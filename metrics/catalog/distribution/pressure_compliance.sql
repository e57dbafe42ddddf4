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
owner: 管网部
formula: hours at or above the minimum ÷ hours with data
standard: published service commitments
example:  # by hand: A 1 of 2 hours, B 3 of 3: (1 + 3) ÷ (2 + 3) = 80 %, not the mean of 50 % and 100 %; 24 hours due of each, so 5 of 48 are too few to judge
  points: |
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
