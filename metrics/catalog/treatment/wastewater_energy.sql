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
formula: {zh: Σ 电量 kWh ÷ Σ 进水量 m³, en: Σ kWh ÷ Σ m³ of influent}
standard: house default
example:
# normal: (2000 + 6000) ÷ (6000 + 4000 + 20 000) = 0.2667, not the mean of 0.2 and 0.3; 1.05 × 0.26 = 0.273 isn't passed.
# W1 has two flow meters, W2 a totaliser and power. W1's totaliser, COD, effluent and waterworks V don't count, W3, without
# electricity, and W4, without influent, have no row
- points: &points |
    point_id, site_id, site_kind, quantity, role
    E1, W1, wwtp, energy, energy
    A1, W1, wwtp, flow, influent
    B1, W1, wwtp, flow, influent
    V1, W1, wwtp, volume, influent
    C1, W1, wwtp, cod, influent
    F1, W1, wwtp, flow, effluent
    P2, W2, wwtp, power, energy
    H2, W2, wwtp, volume, influent
    A3, W3, wwtp, flow, influent
    E4, W4, wwtp, energy, energy
    E5, V, works, energy, energy
    A5, V, works, flow, influent
  site_energy: &kwh |
    site_id, day, kwh, is_valid
    W1, 2026-03-14, 2400, true
    W2, 2026-03-14, 6000, true
    W1, 2026-03-15, 2000, true
    W2, 2026-03-15, 6000, true
    W4, 2026-03-15, 6000, true
    V, 2026-03-15, 6000, true
  daily: &m3 |
    point_id, day, amount, is_valid
    A1, 2026-03-14, 8000, true
    B1, 2026-03-14, 4000, true
    H2, 2026-03-14, 20000, true
    A1, 2026-03-15, 6000, true
    B1, 2026-03-15, 4000, true
    V1, 2026-03-15, 9000, true
    C1, 2026-03-15, 300, true
    F1, 2026-03-15, 9000, true
    H2, 2026-03-15, 20000, true
    A3, 2026-03-15, 20000, true
    A5, 2026-03-15, 20000, true
  baseline: {"": 0.26, W1: 0.2, W2: 0.25}
  expect:
  - {period: 2026-03-15, numerator: 8000, denominator: 30000, valid: 2, expected: 2, value: 0.2667, state: normal, reason: null, warning: 0.273, alarm: 0.286, rows: 2}
  - {period: 2026-03-15, site_id: W1, value: 0.2, state: normal}
  - {period: 2026-03-15, site_id: W2, value: 0.3, state: alarm}
# warning: 0.2667 is more than 1.05 × 0.25 = 0.2625, not more than 1.10 × 0.25 = 0.275; W2 has no baseline of its own yet
- &same
  points: *points
  site_energy: *kwh
  daily: *m3
  baseline: {"": 0.25, W1: 0.2}
  expect:
  - {period: 2026-03-15, value: 0.2667, state: warning, partial: false}
  - {period: 2026-03-15, site_id: W2, value: 0.3, state: unknown, reason: no_baseline}
# alarm: more than 1.10 × 0.24 = 0.264; and without any baseline known, but not judged
- <<: *same
  baseline: {"": 0.24}
  expect: {period: 2026-03-15, value: 0.2667, state: alarm}
- <<: *same
  baseline: {}
  expect: {period: 2026-03-15, value: 0.2667, state: unknown, reason: no_baseline}
# empty
- points: *points
  baseline: {"": 0.26}
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight in Shanghai the 15th has closed; the 14th by its own rows: 8400 ÷ 32 000 = 0.2625
- <<: *same
  timezone: Asia/Shanghai
  as_of: 2026-03-15T16:10Z
  expect:
  - {period: 2026-03-14, numerator: 8400, denominator: 32000, value: 0.2625}
  - {period: 2026-03-15, numerator: 8000, denominator: 30000, value: 0.2667}
# too few: 6 hours in a row of W1's electricity are missing, its day isn't valid: 1 of 2 works; the same of one flow meter
- points: *points
  site_energy: |
    site_id, day, kwh, is_valid
    W1, 2026-03-15, 2000, false
    W2, 2026-03-15, 6000, true
  daily: *m3
  baseline: {"": 0.3}
  expect:
  - {period: 2026-03-15, numerator: 6000, denominator: 20000, valid: 1, expected: 2, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-15, site_id: W1, numerator: null, denominator: null, valid: 0, expected: 1}
- points: *points
  site_energy: *kwh
  daily: |
    point_id, day, amount, is_valid
    A1, 2026-03-15, 6000, true
    B1, 2026-03-15, 4000, false
    H2, 2026-03-15, 20000, true
  baseline: {"": 0.3}
  expect:
  - {period: 2026-03-15, numerator: 6000, valid: 1, expected: 2, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-15, site_id: W1, numerator: null, denominator: null, valid: 0, expected: 1}
# a limit that changed on the 15th: the ratio of the warning from 1.05 to 1.01: median 0.262: 0.2751 before, 0.2646 after
- <<: *same
  limits: |
    subject, kind, value, effective_from, effective_to
    wastewater_energy, warning_ratio, 1.05, 2026-01-01, 2026-03-14
    wastewater_energy, warning_ratio, 1.01, 2026-03-15,
    wastewater_energy, alarm_ratio, 1.10, 2026-01-01,
  baseline: {"": 0.262}
  expect:
  - {period: 2026-03-14, value: 0.2625, warning: 0.2751, state: normal}
  - {period: 2026-03-15, value: 0.2667, warning: 0.2646, state: warning}
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
