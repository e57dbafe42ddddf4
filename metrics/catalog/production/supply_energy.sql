/*---
name: {zh: 供水电耗, en: Supply energy}
question: {zh: 昨天每送出一千立方米水用了多少电？, en: How much electricity did each thousand cubic metres take yesterday?}
definition: {zh: 水源地、水厂和增压站当日用电量 ÷ 出厂水量（千立方米）, en: Electricity of sources and works and boosters on the day ÷ water that left the works in 1000 m³}
caveat: {zh: 与自身过去一年的中位数比较；任一电表或流量计当日数据不足则不计, en: "Judged against its own median of a year; one meter without a valid day leaves it unknown"}
unit: kWh/km³
direction: down
period: day
shows: closed
aggregate: sum
tile: 5
owner: 制水部
formula: {zh: 水源、水厂、增压站电量 kWh ÷ (出厂水量 m³ ÷ 1000), en: "kWh of sources, works and boosters ÷ (m³ that left the works ÷ 1000)"}
standard: house default
example:
# normal: 12 000 + 20 000 + 4 000 kWh = 36 000; flow 60 000 + volume 40 000 (V has no flow meter) = 100 000 m³: 36 000 ÷ 100
# = 360 kWh per 1000 m³; own median 350: warning above 367.5, alarm above 385. A sewage works and a zone don't count
- sites: &sites |
    site_id, kind
    S, source
    W, works
    V, works
    B, booster
    X, wwtp
    Z, zone
  points: &points |
    point_id, site_id, quantity, role
    ES, S, energy, energy
    EW, W, energy, energy
    PW, W, power, energy
    PB, B, power, energy
    EX, X, energy, energy
    F, W, flow, finished
    T, W, volume, finished
    C, W, codmn, finished
    U, V, volume, finished
    R, V, flow, raw
    I, Z, flow, finished
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-15, 12000, true
    W, 2026-03-15, 20000, true
    B, 2026-03-15, 4000, true
    X, 2026-03-15, 9000, true
    Z, 2026-03-15, 9000, true
    S, 2026-03-14, 90000, true
  daily: &water |
    point_id, day, amount, is_valid
    F, 2026-03-14, 90000, true
    F, 2026-03-15, 60000, true
    T, 2026-03-15, 61000, true
    C, 2026-03-15, 1, true
    U, 2026-03-15, 40000, true
    R, 2026-03-15, 45000, true
    I, 2026-03-15, 20000, true
  baseline: {"": 350}
  expect: {period: 2026-03-15, numerator: 36000, denominator: 100, valid: 1, expected: 1, value: 360, state: normal, reason: null, warning: 367.5, alarm: 385}
# warning: 37 500 ÷ 100 = 375, more than 1.05 × 350, not more than 1.10 × 350; without a baseline known, but not judged
- &more
  sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-15, 12500, true
    W, 2026-03-15, 21000, true
    B, 2026-03-15, 4000, true
  daily: *water
  baseline: {"": 350}
  expect: {period: 2026-03-15, value: 375, state: warning, gap: 7.5}
- <<: *more
  baseline: {}
  expect: {period: 2026-03-15, value: 375, state: unknown, reason: no_baseline, partial: false}
# alarm: 37 500 ÷ 100 = 375 is more than 1.10 × 340 = 374
- <<: *more
  baseline: {"": 340}
  expect: {period: 2026-03-15, value: 375, state: alarm}
# exactly 1.10 × the median is no alarm yet: 1.10 × 300 = 330 = 33 000 ÷ 100
- sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-15, 10000, true
    W, 2026-03-15, 20000, true
    B, 2026-03-15, 3000, true
  daily: *water
  baseline: {"": 300}
  expect: {period: 2026-03-15, value: 330, state: warning}
# empty: no reading of any time
- sites: *sites
  points: *points
  baseline: {"": 350}
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# no source: nothing measures electricity here, or nothing measures water
- sites: *sites
  points: |
    point_id, site_id, quantity, role
    F, W, flow, finished
  daily: *water
  expect: {period: 2026-03-15, expected: 0, value: null, state: unknown, reason: no_source}
- sites: *sites
  points: |
    point_id, site_id, quantity, role
    ES, S, energy, energy
  daily: *water
  expect: {period: 2026-03-15, expected: 0, value: null, state: unknown, reason: no_source}
# just after midnight: the day that ended ten minutes ago, and the one before, each from its own rows:
# (10 000 + 18 000 + 2 000) ÷ 50 = 600 on the 14th, 360 on the 15th
- as_of: 2026-03-16T00:10Z
  sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-14, 10000, true
    W, 2026-03-14, 18000, true
    B, 2026-03-14, 2000, true
    S, 2026-03-15, 12000, true
    W, 2026-03-15, 20000, true
    B, 2026-03-15, 4000, true
  daily: |
    point_id, day, amount, is_valid
    F, 2026-03-14, 30000, true
    U, 2026-03-14, 20000, true
    F, 2026-03-15, 60000, true
    U, 2026-03-15, 40000, true
  baseline: {"": 350}
  expect:
  - {period: 2026-03-14, numerator: 30000, denominator: 50, value: 600}
  - {period: 2026-03-15, numerator: 36000, denominator: 100, value: 360}
# too few: 6 hours in a row of W's meter are missing, its day isn't valid; no sum that leaves it out is shown
- sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-15, 12000, true
    W, 2026-03-15, 20000, false
    B, 2026-03-15, 4000, true
  daily: *water
  baseline: {"": 350}
  expect: {period: 2026-03-15, numerator: null, denominator: null, valid: 0, expected: 1, value: null, state: unknown, reason: too_few_data}
# too few: the same of V's water
- sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-15, 12000, true
    W, 2026-03-15, 20000, true
    B, 2026-03-15, 4000, true
  daily: |
    point_id, day, amount, is_valid
    F, 2026-03-15, 60000, true
    U, 2026-03-15, 40000, false
  baseline: {"": 350}
  expect: {period: 2026-03-15, numerator: null, denominator: null, valid: 0, expected: 1, value: null, state: unknown, reason: too_few_data}
# a limit that changed on the 15th: the ratio of the alarm from 1.10 to 1.05; 36 000 ÷ 100 = 360 on both days, median 340:
# 374 before, 357 after
- sites: *sites
  points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    S, 2026-03-14..2026-03-15, 12000, true
    W, 2026-03-14..2026-03-15, 20000, true
    B, 2026-03-14..2026-03-15, 4000, true
  daily: |
    point_id, day, amount, is_valid
    F, 2026-03-14..2026-03-15, 60000, true
    U, 2026-03-14..2026-03-15, 40000, true
  limits: |
    subject, kind, value, effective_from, effective_to
    supply_energy, warning_ratio, 1.02, 2026-01-01,
    supply_energy, alarm_ratio, 1.10, 2026-01-01, 2026-03-14
    supply_energy, alarm_ratio, 1.05, 2026-03-15,
  baseline: {"": 340}
  expect:
  - {period: 2026-03-14, value: 360, alarm: 374, state: warning}
  - {period: 2026-03-15, value: 360, alarm: 357, state: alarm}
---*/
-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
WITH meters AS (
    SELECT
        point_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'works' AND role = 'finished' AND quantity IN ('flow', 'volume')
),

users AS (
    SELECT DISTINCT site_id
    FROM points
    WHERE site_kind IN ('source', 'works', 'booster') AND quantity IN ('energy', 'power')
),

energy AS (
    SELECT
        span.period,
        CASE WHEN count(*) FILTER (WHERE site_energy.is_valid) = count(*) THEN sum(site_energy.kwh) END AS kwh
    FROM span
    CROSS JOIN users
    LEFT JOIN site_energy ON site_energy.site_id = users.site_id AND site_energy.day = span.first_day
    GROUP BY span.period
),

water AS (
    SELECT
        span.period,
        CASE WHEN count(*) FILTER (WHERE daily.is_valid) = count(*) THEN sum(daily.amount) / 1000 END AS km3
    FROM span
    JOIN meters ON meters.quantity = meters.best
    LEFT JOIN daily ON daily.point_id = meters.point_id AND daily.day = span.first_day
    GROUP BY span.period
)

SELECT
    span.period,
    ''                                                                                 AS site_id,
    CASE WHEN water.km3 IS NOT NULL THEN energy.kwh END                                AS numerator,
    CASE WHEN energy.kwh IS NOT NULL THEN water.km3 END                                AS denominator,
    CASE WHEN energy.kwh IS NOT NULL AND water.km3 IS NOT NULL THEN 1 ELSE 0 END       AS valid,
    CASE WHEN energy.period IS NOT NULL AND water.period IS NOT NULL THEN 1 ELSE 0 END AS expected
FROM span
LEFT JOIN energy ON energy.period = span.period
LEFT JOIN water ON water.period = span.period
