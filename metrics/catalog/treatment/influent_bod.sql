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
formula: Σ BOD5 × influent ÷ Σ influent
standard: "national aim for sewage works: influent BOD5 of 100 mg/L"
example:
# normal: (100 × 10 000 + 130 × 20 000) ÷ 30 000 = 120
- points: &points |
    point_id, site_id, site_kind, quantity, role
    F, W, wwtp, flow, influent
  lab_sample: |
    site_id, medium, sampled_at, quantity, value
    W, influent, 2026-03-09T08:00Z, bod5, 100
    W, influent, 2026-03-12T08:00Z, bod5, 130
  daily: |
    point_id, day, amount, is_valid
    F, 2026-03-09, 10000, true
    F, 2026-03-12, 20000, true
  expect: {period: 2026-03-09, numerator: 3600000, denominator: 30000, valid: 1, expected: 1, value: 120, state: normal}
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
