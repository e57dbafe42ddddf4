/*---
name: {zh: 进水BOD5浓度, en: Influent BOD5}
question: {zh: 进厂污水浓不浓，管网收集得好不好？, en: Is the sewage strong enough to show that it is collected well?}
definition: {zh: 一周化验的进水 BOD5 按采样日进水量加权的平均浓度, en: Mean of the week's laboratory BOD5 of the influent weighted by the influent of the sample's day}
caveat: {zh: BOD5 化验需五天，故晚六天给出；采样日没有有效进水量的样品不计, en: "BOD5 takes five days, so a week comes six days late; a sample of a day without valid influent is left out"}
unit: mg/L
direction: up
period: week
shows: closed
lag_days: 6
aggregate: sum
tile: 13
short: {zh: 进水BOD5, en: Influent BOD5}
owner: 污水处理部
formula: {zh: Σ (进水 BOD5 × 进水量) ÷ Σ 进水量, en: Σ BOD5 × influent ÷ Σ influent}
standard: "national aim for sewage works: influent BOD5 of 100 mg/L"
example:
# normal: W on Monday two samples, mean of 90 and 110 = 100, at 6000 + 4000 m³ through two meters, on Thursday 130 at
# 20 000 m³, on Friday 900 without a valid day of one meter; X 100 at 60 000 (totaliser):
# (1 000 000 + 2 600 000 + 6 000 000) ÷ 90 000 = 106.67 (the mean of 120 and 100 is 110). Other weeks, other media, other
# quantities, W's totaliser, COD, effluent, a works without a meter and a station don't count
- points: &points |
    point_id, site_id, site_kind, quantity, role
    F1, W, wwtp, flow, influent
    F2, W, wwtp, flow, influent
    V, W, wwtp, volume, influent
    C, W, wwtp, cod, influent
    E, W, wwtp, flow, effluent
    H, X, wwtp, volume, influent
    S, S, sewage_station, flow, influent
  lab_sample: &samples |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-08T08:00Z, bod5, 900
    W, influent, 2026-03-09T08:00Z, bod5, 90
    W, influent, 2026-03-09T16:00Z, bod5, 110
    W, influent, 2026-03-12T08:00Z, bod5, 130
    W, influent, 2026-03-13T08:00Z, bod5, 900
    W, influent, 2026-03-16T08:00Z, bod5, 900
    W, influent, 2026-03-12T08:00Z, cod, 300
    W, effluent, 2026-03-12T08:00Z, bod5, 5
    X, influent, 2026-03-15T08:00Z, bod5, 100
    Y, influent, 2026-03-15T08:00Z, bod5, 900
  daily: &flows |
    point_id, day, amount, is_valid
    F1, 2026-03-08, 60000, true
    F2, 2026-03-08, 40000, true
    F1, 2026-03-09, 6000, true
    F2, 2026-03-09, 4000, true
    F1, 2026-03-12, 15000, true
    F2, 2026-03-12, 5000, true
    F1, 2026-03-13, 15000, true
    F2, 2026-03-13, 5000, false
    F1, 2026-03-16, 15000, true
    F2, 2026-03-16, 5000, true
    V, 2026-03-08..2026-03-16, 9000, true
    C, 2026-03-08..2026-03-16, 9000, true
    E, 2026-03-08..2026-03-16, 9000, true
    H, 2026-03-15, 60000, true
  expect:
  - {period: 2026-03-09, numerator: 9600000, denominator: 90000, valid: 2, expected: 2, value: 106.67, state: normal, reason: null, rows: 2}
  - {period: 2026-03-09, site_id: W, numerator: 3600000, denominator: 30000, valid: 1, value: 120, state: normal}
# warning: X 90: (3 600 000 + 5 400 000) ÷ 90 000 = 100 is none, 89: 8 940 000 ÷ 90 000 = 99.33 is one
- points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-09T08:00Z, bod5, 100
    W, influent, 2026-03-12T08:00Z, bod5, 130
    X, influent, 2026-03-15T08:00Z, bod5, 90
  expect: {period: 2026-03-09, value: 100, state: normal}
- points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-09T08:00Z, bod5, 100
    W, influent, 2026-03-12T08:00Z, bod5, 130
    X, influent, 2026-03-15T08:00Z, bod5, 89
  expect: {period: 2026-03-09, value: 99.33, state: warning, gap: -0.67}
# alarm: X 50: 6 600 000 ÷ 90 000 = 73.33
- points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-09T08:00Z, bod5, 100
    W, influent, 2026-03-12T08:00Z, bod5, 130
    X, influent, 2026-03-15T08:00Z, bod5, 50
  expect: {period: 2026-03-09, value: 73.33, state: alarm, partial: false}
# empty: no sample of any time
- points: *points
  daily: *flows
  expect: {period: 2026-03-09, value: null, state: unknown, reason: no_source}
# just after midnight in Shanghai on the Sunday six days after, the week of the 9th has just been given; Monday's sample,
# taken at 00:30 local, is the 9th's, though the 8th in UTC
- timezone: Asia/Shanghai
  as_of: 2026-03-21T16:10Z
  points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-08T15:30Z, bod5, 900
    W, influent, 2026-03-08T16:30Z, bod5, 100
    X, influent, 2026-03-15T08:00Z, bod5, 100
    X, influent, 2026-03-15T16:30Z, bod5, 900
  expect: {period: 2026-03-09, numerator: 7000000, denominator: 70000, valid: 2, value: 100, state: normal}
# too few: X wasn't sampled, 1 of 2 works; and W's only sample is of a day whose influent isn't known
- points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-09T08:00Z, bod5, 100
  expect:
  - {period: 2026-03-09, valid: 1, expected: 2, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-09, site_id: X, numerator: null, denominator: 0, valid: 0}
- points: *points
  daily: *flows
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-13T08:00Z, bod5, 100
    X, influent, 2026-03-15T08:00Z, bod5, 100
  expect: {period: 2026-03-09, numerator: 6000000, denominator: 60000, valid: 1, expected: 2, state: unknown, reason: too_few_data}
# a limit that changed: 110 from the week of the 9th on; both weeks at 106.67
- points: *points
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-02..2026-03-15, 1000, true
    F2, 2026-03-02..2026-03-15, 1000, true
    H, 2026-03-02..2026-03-15, 1000, true
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-02T08:00Z, bod5, 110
    X, influent, 2026-03-02T08:00Z, bod5, 100
    W, influent, 2026-03-09T08:00Z, bod5, 110
    X, influent, 2026-03-09T08:00Z, bod5, 100
  limits: |
    subject, kind, value, effective_from, effective_to
    influent_bod, warning, 100, 2020-01-01, 2026-03-08
    influent_bod, warning, 110, 2026-03-09,
  expect:
  - {period: 2026-03-02, value: 106.67, state: normal}
  - {period: 2026-03-09, value: 106.67, state: warning}
---*/
-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
WITH candidates AS (
    SELECT
        point_id,
        site_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'wwtp' AND role = 'influent' AND quantity IN ('flow', 'volume')
),

meters AS (
    SELECT
        point_id,
        site_id,
        count(*) OVER (PARTITION BY site_id) AS meters
    FROM candidates
    WHERE quantity = best
),

works AS (
    SELECT DISTINCT site_id
    FROM meters
),

-- several samples of a day: their mean
samples AS (
    SELECT
        site_id,
        day,
        avg(value) AS bod5
    FROM lab_sample
    WHERE medium = 'influent' AND quantity = 'bod5'
    GROUP BY site_id, day
),

-- days on which every meter of a works is valid
influent AS (
    SELECT
        meters.site_id,
        daily.day,
        sum(daily.amount) AS m3
    FROM meters
    JOIN daily ON daily.point_id = meters.point_id AND daily.is_valid
    GROUP BY meters.site_id, daily.day, meters.meters
    HAVING count(*) = meters.meters
),

days AS (
    SELECT
        samples.site_id,
        samples.day,
        samples.bod5,
        influent.m3
    FROM samples
    JOIN influent ON influent.site_id = samples.site_id AND influent.day = samples.day
)

SELECT
    span.period,
    works.site_id,
    sum(days.bod5 * days.m3)                       AS numerator,
    coalesce(sum(days.m3), 0)                      AS denominator,
    CASE WHEN count(days.m3) > 0 THEN 1 ELSE 0 END AS valid,
    1                                              AS expected
FROM span
CROSS JOIN works
LEFT JOIN days ON days.site_id = works.site_id AND days.day BETWEEN span.first_day AND span.last_day
GROUP BY span.period, works.site_id
