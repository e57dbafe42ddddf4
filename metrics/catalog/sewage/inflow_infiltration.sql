/*---
name: {zh: 入流入渗比, en: Inflow and infiltration}
question: {zh: 进厂的水里，有多少是雨水和地下水？, en: How much of the works' inflow is rain and groundwater?}
definition: {zh: 七天内（进厂水量 − 排水系数 × 汇入各分区的售水量）÷ 进厂水量, en: "Influent of seven days less return factor × water sold in the zones that drain there, ÷ influent"}
caveat: {zh: 售水量取最近已结束月份的日均值；缺进厂水量的日子不计, en: Water sold is the daily mean of the newest month that has ended; a day without influent is left out}
unit: "%"
direction: down
period: day
shows: closed
window: 7 days
aggregate: last
tile: 10
short: {zh: 入流入渗比, en: Infiltration}
owner: 排水管网部
formula: Σ (influent − return_factor × sold) ÷ Σ influent
standard: house default
example:
# normal: 7 × (1000 − 0.85 × 1000) = 1050 of 7000 = 15 %
- sites: &sites |
    site_id, kind
    W, wwtp
    Z, zone
  points: &points |
    point_id, site_id, site_kind, quantity, role
    F, W, wwtp, flow, influent
  drains: &drains |
    site_id, works_id
    Z, W
  parameter: &parameter |
    subject, site_id, value, from_day, to_day
    return_factor, , 0.85, ,
  daily: |
    point_id, day, amount, is_valid
    F, 2026-03-09..2026-03-15, 1000, true
  sold: |
    site_id, day, m3
    Z, 2026-03-09..2026-03-15, 1000
  expect: {period: 2026-03-15, numerator: 1050, denominator: 7000, valid: 7, expected: 7, value: 15, state: normal}
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

-- what the zones send back of what was sold to them; NULL where of one of them no sale is known
days AS (
    SELECT
        influent.site_id,
        influent.day,
        influent.m3,
        CASE
            WHEN count(sold.m3) = count(*) THEN sum(coalesce(own.value, shared.value) * sold.m3)
        END AS returned
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
)

SELECT
    span.period,
    works.site_id,
    CASE WHEN count(days.returned) = count(days.m3) THEN sum(days.m3 - days.returned) END AS numerator,
    coalesce(sum(days.m3), 0)                                                             AS denominator,
    count(days.m3)                                                                        AS valid,
    7                                                                                     AS expected
FROM span
CROSS JOIN works
LEFT JOIN days ON days.site_id = works.site_id AND days.day BETWEEN span.first_day AND span.last_day
GROUP BY span.period, works.site_id
