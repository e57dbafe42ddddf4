/*---
name: {zh: 入流入渗比, en: Inflow and infiltration}
question: {zh: 进厂的水里，有多少是雨水和地下水？, en: How much of the works' inflow is rain and groundwater?}
definition: {zh: 七天内（进厂水量 − 排水系数 × 汇入各分区的售水量）÷ 进厂水量, en: "Influent of seven days less return factor × water sold in the zones that drain there, ÷ influent"}
caveat: {zh: 售水量取最近已结束月份的日均值；缺进厂水量或售水量的日子不计, en: Water sold is the daily mean of the newest month that has ended; a day without influent or sales is left out}
unit: "%"
direction: down
period: day
shows: closed
window: 7 days
aggregate: last
tile: 10
short: {zh: 入流入渗比, en: Infiltration}
owner: 排水管网部
formula: {zh: Σ (进水量 − 产污系数 × 售水量) ÷ Σ 进水量, en: Σ (influent − return_factor × sold) ÷ Σ influent}
standard: house default
example:
# normal: W takes in 600 + 400 = 1000 m³ a day through two meters; Z returns 0.85 × 600 = 510, Y 0.5 × 600 = 300 (its own
# factor, of this week): 190 × 7 = 1330 of 7000 = 19 %; X, with a totaliser, 2000 − 0.85 × 2000 = 300 × 7 = 2100 of 14 000
# = 15 %: 3430 ÷ 21 000 = 16.33 %, not the mean of 17. W's totaliser, COD and effluent, a station, what T sold, a works
# without zones (Q) and other days don't count
- sites: &sites |
    site_id, kind
    W, wwtp
    X, wwtp
    Q, wwtp
    S, sewage_station
    T, sewage_station
    Z, zone
    Y, zone
    K, zone
  points: &points |
    point_id, site_id, quantity, role
    F1, W, flow, influent
    F2, W, flow, influent
    V, W, volume, influent
    C, W, cod, influent
    E, W, flow, effluent
    H, X, volume, influent
    Q, Q, flow, influent
    S, S, flow, influent
  drains: &drains |
    site_id, works_id
    Z, W
    Y, W
    T, W
    K, X
    K, S
  parameter: &parameter |
    subject, site_id, value, from_day, to_day
    own_use, , 0.05, ,
    own_use, Z, 0.05, ,
    return_factor, , 0.20, , 2026-03-07
    return_factor, , 0.85, 2026-03-08, 2026-03-15
    return_factor, , 0.10, 2026-03-16,
    return_factor, Y, 0.90, , 2026-03-08
    return_factor, Y, 0.50, 2026-03-09, 2026-03-15
    return_factor, Y, 0.90, 2026-03-16,
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-09..2026-03-15, 600, true
    F2, 2026-03-09..2026-03-15, 400, true
    F1, 2026-03-08, 9000, true
    F2, 2026-03-08, 9000, true
    V, 2026-03-09..2026-03-15, 9000, true
    C, 2026-03-09..2026-03-15, 9000, true
    E, 2026-03-09..2026-03-15, 9000, true
    H, 2026-03-09..2026-03-15, 2000, true
    H, 2026-03-16, 9000, true
    Q, 2026-03-09..2026-03-15, 9000, true
    S, 2026-03-09..2026-03-15, 9000, true
  sold: &sold |
    site_id, day, m3
    Z, 2026-03-08..2026-03-16, 600
    Y, 2026-03-08..2026-03-16, 600
    T, 2026-03-08..2026-03-16, 9000
    K, 2026-03-08..2026-03-16, 2000
  expect:
  - {period: 2026-03-15, numerator: 3430, denominator: 21000, valid: 14, expected: 14, value: 16.33, state: normal, reason: null, rows: 2}
  - {period: 2026-03-15, site_id: W, numerator: 1330, denominator: 7000, value: 19, state: normal}
# warning: W 1500 m³ a day: 690 × 7 = 4830 of 10 500 = 46 %; with X's 2100 of 14 000: 6930 ÷ 24 500 = 28.29 %
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-09..2026-03-15, 900, true
    F2, 2026-03-09..2026-03-15, 600, true
    H, 2026-03-09..2026-03-15, 2000, true
  expect:
  - {period: 2026-03-15, numerator: 6930, denominator: 24500, value: 28.29, state: warning, gap: 3.29}
  - {period: 2026-03-15, site_id: W, value: 46, state: alarm}
# alarm: X 3500 a day as well: 1800 × 7 = 12 600 of 24 500; (4830 + 12 600) ÷ 35 000 = 49.8 %
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-09..2026-03-15, 900, true
    F2, 2026-03-09..2026-03-15, 600, true
    H, 2026-03-09..2026-03-15, 3500, true
  expect: {period: 2026-03-15, value: 49.8, state: alarm, partial: false}
# one of W's meters has no valid day on the 12th: six days, 1140 of 6000; (1140 + 2100) ÷ 20 000 = 16.2 %
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-09..2026-03-15, 600, true
    F2, 2026-03-09..2026-03-11, 400, true
    F2, 2026-03-12, 400, false
    F2, 2026-03-13..2026-03-15, 400, true
    H, 2026-03-09..2026-03-15, 2000, true
  expect: {period: 2026-03-15, numerator: 3240, denominator: 20000, valid: 13, expected: 14, value: 16.2, state: normal}
# of Y no sale is known on the last two days: they leave both sums, 950 of 5000, and W alone is too little known; with all
# of X: 3050 ÷ 19 000 = 16.05 %, 12 of 14 days
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: |
    site_id, day, m3
    Z, 2026-03-09..2026-03-15, 600
    Y, 2026-03-09..2026-03-13, 600
    K, 2026-03-09..2026-03-15, 2000
  daily: &week |
    point_id, day, amount, is_valid
    F1, 2026-03-08..2026-03-16, 600, true
    F2, 2026-03-08..2026-03-16, 400, true
    H, 2026-03-08..2026-03-16, 2000, true
  expect:
  - {period: 2026-03-15, numerator: 3050, denominator: 19000, valid: 12, value: 16.05, state: normal}
  - {period: 2026-03-15, site_id: W, value: null, state: unknown, reason: too_few_data}
# empty
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# no source: nothing says where a zone drains
- sites: *sites
  points: *points
  parameter: *parameter
  sold: *sold
  daily: *week
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# ten past midnight in Shanghai the 15th has closed; each period by its own seven days: the 14th's begin on the 8th, when
# Y's factor was 0.9: (1000 − 510 − 540 = −50) + 6 × 190 = 1090, with X 3190 ÷ 21 000 = 15.19 %
- timezone: Asia/Shanghai
  as_of: 2026-03-15T16:10Z
  sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: *week
  expect:
  - {period: 2026-03-14, numerator: 3190, denominator: 21000, value: 15.19, state: normal}
  - {period: 2026-03-15, numerator: 3430, denominator: 21000, value: 16.33, state: normal}
# too few: the last two days in a row are missing of both: 10 of 14 = 71 %
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-09..2026-03-13, 600, true
    F2, 2026-03-09..2026-03-13, 400, true
    H, 2026-03-09..2026-03-13, 2000, true
  expect: {period: 2026-03-15, valid: 10, expected: 14, value: null, state: unknown, reason: too_few_data}
# a limit that changed on the 15th, 25 → 15 %
- sites: *sites
  points: *points
  drains: *drains
  parameter: *parameter
  sold: *sold
  daily: *week
  limits: |
    subject, kind, value, effective_from, effective_to
    inflow_infiltration, warning, 25, 2020-01-01, 2026-03-14
    inflow_infiltration, warning, 15, 2026-03-15,
  expect:
  - {period: 2026-03-14, value: 15.19, state: normal}
  - {period: 2026-03-15, value: 16.33, state: warning}
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

zones AS (
    SELECT
        drains.works_id,
        drains.site_id
    FROM drains
    JOIN sites ON sites.site_id = drains.site_id AND sites.kind = 'zone'
),

works AS (
    SELECT DISTINCT meters.site_id
    FROM meters
    JOIN zones ON zones.works_id = meters.site_id
),

-- what the zones send back of what was sold to them; days on which it is known of every zone
days AS (
    SELECT
        influent.site_id,
        influent.day,
        influent.m3,
        sum(coalesce(own.value, shared.value) * sold.m3) AS returned_m3
    FROM influent
    JOIN zones ON zones.works_id = influent.site_id
    LEFT JOIN sold ON sold.site_id = zones.site_id AND sold.day = influent.day
    LEFT JOIN parameter AS own
        ON own.subject = 'return_factor' AND own.site_id = zones.site_id
        AND coalesce(own.from_day, influent.day) <= influent.day
        AND coalesce(own.to_day, influent.day) >= influent.day
    LEFT JOIN parameter AS shared
        ON shared.subject = 'return_factor' AND coalesce(shared.site_id, '') = ''
        AND coalesce(shared.from_day, influent.day) <= influent.day
        AND coalesce(shared.to_day, influent.day) >= influent.day
    GROUP BY influent.site_id, influent.day, influent.m3
    HAVING count(sold.m3) = count(*)
)

SELECT
    span.period,
    works.site_id,
    sum(days.m3 - days.returned_m3) AS numerator,
    coalesce(sum(days.m3), 0)       AS denominator,
    count(days.m3)                  AS valid,
    7                               AS expected
FROM span
CROSS JOIN works
LEFT JOIN days ON days.site_id = works.site_id AND days.day BETWEEN span.first_day AND span.last_day
GROUP BY span.period, works.site_id
