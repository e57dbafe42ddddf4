/*---
name: {zh: 污水电耗, en: Wastewater energy}
question: {zh: 每处理一吨污水用多少电？, en: How much electricity does a cubic metre of sewage take?}
definition: {zh: 污水厂当日用电量 ÷ 当日进水量，与自身近一年中位数相比, en: "The works' electricity of the day ÷ its influent, judged against its own median of the year before"}
caveat: {zh: 任一电表或流量计当日数据不足的厂不计；满 90 个有效日后才判定, en: A works with a meter without a valid day is left out; judged only after 90 valid days}
unit: kWh/m³
direction: down
period: day
shows: closed
aggregate: sum
tile: 14
short: {zh: 污水电耗, en: Sewage energy}
owner: 污水处理部
formula: Σ kWh ÷ Σ m³ of influent
standard: house default
example:
# normal: (2000 + 6000) ÷ (10 000 + 20 000) = 0.2667, not the mean of 0.2 and 0.3; 1.05 × 0.26 = 0.273 isn't passed
- points: &points |
    point_id, site_id, site_kind, quantity, role
    E1, W1, wwtp, energy, energy
    F1, W1, wwtp, flow, influent
    P2, W2, wwtp, power, energy
    F2, W2, wwtp, flow, influent
  site_energy: |
    site_id, day, kwh, is_valid
    W1, 2026-03-15, 2000, true
    W2, 2026-03-15, 6000, true
  daily: |
    point_id, day, amount, is_valid
    F1, 2026-03-15, 10000, true
    F2, 2026-03-15, 20000, true
  baseline: {"": 0.26, W1: 0.2, W2: 0.25}
  expect: {period: 2026-03-15, numerator: 8000, denominator: 30000, valid: 2, expected: 2, value: 0.2667, state: normal}
---*/
-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
WITH meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'wwtp' AND role = 'influent' AND quantity IN ('flow', 'volume')
),

users AS (
    SELECT DISTINCT site_id
    FROM points
    WHERE site_kind = 'wwtp' AND quantity IN ('energy', 'power')
),

-- NULL where one of the meters has no valid day
influent AS (
    SELECT
        span.period,
        meters.site_id,
        CASE WHEN count(*) FILTER (WHERE daily.is_valid) = count(*) THEN sum(daily.amount) END AS m3
    FROM span
    JOIN meters ON meters.quantity = meters.best
    LEFT JOIN daily ON daily.point_id = meters.point_id AND daily.day = span.first_day
    GROUP BY span.period, meters.site_id
),

works AS (
    SELECT
        influent.period,
        influent.site_id,
        influent.m3,
        site_energy.kwh,
        influent.m3 IS NOT NULL AND site_energy.kwh IS NOT NULL AS is_known
    FROM influent
    JOIN users ON users.site_id = influent.site_id
    LEFT JOIN site_energy
        ON site_energy.site_id = influent.site_id AND site_energy.day = influent.period AND site_energy.is_valid
)

SELECT
    period,
    site_id,
    CASE WHEN is_known THEN kwh END      AS numerator,
    CASE WHEN is_known THEN m3 END       AS denominator,
    CASE WHEN is_known THEN 1 ELSE 0 END AS valid,
    1                                    AS expected
FROM works
