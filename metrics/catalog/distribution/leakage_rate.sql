/*---
name: {zh: 漏损率, en: Leakage rate}
question: {zh: 过去一年，送出去的水有多少没有到用户？, en: How much of a year's supply did not reach anybody?}
definition: {zh: 近十二个月（供水量 − 注册用户用水量）÷ 供水量，按 CJJ 92 修正, en: "Supply less registered use of twelve months ÷ supply, corrected as CJJ 92 says"}
caveat: {zh: 缺资料的修正项按零计；没有售水数据的月份不计；分区为未修正的综合漏损率，只排名, en: "A correction whose data are missing is zero; a month without billing is left out; zones show the uncorrected rate and are only ranked"}
unit: "%"
direction: down
period: month
shows: closed
window: 12 months
aggregate: last
sites: ranked
tile: 6
short: {zh: 漏损率, en: Leakage rate}
beside: {zh: 综合漏损率, en: Gross rate, unit: "%"}
owner: 管网部
formula: "R_BL = (Qs − Qa) ÷ Qs × 100 − (R1 + R2 + R3 + R4)"
standard: "CJJ 92; national aim for 2025: 9 %"
example:
# the check value: Qs 750 × 12 = 9000, Qa 8150 (in 10⁴ m³): R_WL = 850 ÷ 9000 = 9.44; R1 = 0.08 × 0.55 × 100 = 4.40,
# R2 = 0.99 × (1500 ÷ 9000 − 0.0693) × 100 = 9.64, at most 3; R3 = 0.5 (0.38 MPa), R4 = 0 (0.1 m): 7.90; R_BL = 1.54.
# Last year's month, another site's row, a pump's pressure, a level and last year's pressure don't count
- sites: &sites |
    site_id, kind
    N, network
    Z, zone
    Y, zone
    W, works
  water_balance: &balance |
    site_id, month, supplied_m3, billed_m3, unbilled_registered_m3, household_share, mains_km
    N, 2024-08-01, 7500000, 1, , 0.10, 900
    N, 2024-09-01, 7500000, 6791666.666666667, , 0.55, 1400
    N, 2024-10-01..2025-07-01, 7500000, 6791666.666666667, , 0.55,
    N, 2025-08-01, 7500000, 6700000, 91666.666666667, 0.55, 1500
    N, 2025-09-01, 7500000, 1, , 0.10, 900
    W, 2024-09-01..2025-08-01, 7500000, 1, , 0.55, 1500
  daily: &pressure |
    point_id, day, mean, valid_hours, quantity, role
    P, 2024-08-31, 300, 24, pressure, network
    P, 2024-09-01..2025-08-30, 0.38, 24, pressure, network
    P, 2025-08-31, 0.90, 0, pressure, network
    P, 2025-09-01, 300, 24, pressure, network
    D, 2024-09-01..2025-08-31, 0.90, 24, pressure, discharge
    L, 2024-09-01..2025-08-31, 0.90, 24, level, network
  parameter: &frost |
    subject, site_id, value, from_day, to_day
    frost_depth, , 0.1, ,
    frost_depth, , 2.0, 2024-01-01, 2024-12-31
    frost_depth, , 2.0, 2025-09-01, 2025-12-31
    frost_depth, W, 2.0, ,
    own_use, , 2.0, ,
  expect:
  - {period: 2025-08-01, valid: 12, expected: 12, denominator: 90000000, value: 1.544, beside: 9.444, state: normal, reason: null, rows: 0}
  - {period: 2025-08-01, value: 1.54}
# normal, and zones ranked by their gross rate, without a state of their own: Z 10 of 100 = 10 %, Y 30 of 200 = 15 %;
# the network: 108 of 1200 lost = 9 %, no corrections known; a threshold that is only reached is kept
- sites: *sites
  daily: &low |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-07-01..2025-08-31, 0.30, 24, pressure, network
  water_balance: |
    site_id, month, supplied_m3, billed_m3, unbilled_registered_m3
    N, 2024-09-01..2025-08-01, 100, 90, 1
    Z, 2024-09-01..2025-08-01, 100, 90,
    Y, 2024-09-01..2025-08-01, 200, 170,
  expect:
  - {period: 2025-08-01, numerator: 108, denominator: 1200, value: 9, beside: 9, state: normal}
  - {period: 2025-08-01, site_id: Z, numerator: 120, denominator: 1200, value: 10, state: normal, warning: null, beside: null}
  - {period: 2025-08-01, site_id: Y, numerator: 360, denominator: 2400, value: 15, state: normal}
# warning: 9.6 % gross: R3 is 0.5 only above 0.35 MPa, and the mean of 23 hours at 0.30 and 1 at 1.50 is 0.35; R4 only above
# 1.4 m
- sites: *sites
  water_balance: &b96 |
    site_id, month, supplied_m3, billed_m3, unbilled_registered_m3
    N, 2024-09-01..2025-08-01, 1000, 904,
  daily: |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-08-30, 0.30, 23, pressure, network
    P, 2025-08-31, 1.50, 1, pressure, network
  parameter: |
    subject, site_id, value
    frost_depth, , 1.4
  expect: {period: 2025-08-01, value: 9.6, beside: 9.6, state: warning, gap: 0.6}
# R3 and R4 alone: one hour at 0.55 MPa takes 0.5, at 0.75 takes 1, at 0.76 takes 2, frost of 1.5 m takes 1: 9.6 − 0.5 = 9.1;
# 9.6 − 1 = 8.6; 9.6 − 2 − 1 = 6.6; at 0.35 nothing
- sites: *sites
  water_balance: *b96
  daily: |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-08-31, 0.35, 1, pressure, network
  expect: {period: 2025-08-01, value: 9.6}
- sites: *sites
  water_balance: *b96
  daily: |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-08-31, 0.55, 1, pressure, network
  expect: {period: 2025-08-01, value: 9.1, beside: 9.6, state: warning}
- sites: *sites
  water_balance: *b96
  daily: |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-08-31, 0.75, 1, pressure, network
  expect: {period: 2025-08-01, value: 8.6, beside: 9.6, state: normal}
- sites: *sites
  water_balance: *b96
  daily: |
    point_id, day, mean, valid_hours, quantity, role
    P, 2025-08-31, 0.76, 24, pressure, network
  parameter: |
    subject, site_id, value
    frost_depth, , 1.5
  expect: {period: 2025-08-01, value: 6.6, beside: 9.6}
# alarm: 16 % gross; r is Σ share × supply ÷ Σ supply of the months that have a share: (1200 × 1 + 3600 × 0.58333) ÷ 4800 =
# 0.6875, R1 = 0.08 × 0.6875 × 100 = 5.5: 16 − 5.5 = 10.5; September, without billing, leaves both sums, its share too
- sites: *sites
  daily: *low
  water_balance: |
    site_id, month, supplied_m3, billed_m3, household_share
    N, 2024-09-01, 9000, , 0.0
    N, 2024-10-01..2024-12-01, 400, 336, 1.0
    N, 2025-01-01..2025-06-01, 600, 504, 0.583333333333333
    N, 2025-07-01..2025-08-01, 500, 420,
  expect: {period: 2025-08-01, denominator: 5800, valid: 11, expected: 12, value: 10.5, beside: 16, state: alarm, partial: false}
# R2 is at least −3: 50 km for 10⁷ m³ a month = 12 000 (10⁴ m³ a year): A = 0.00417, 99 × (0.00417 − 0.0693) = −6.45:
# 8 + 3 = 11 %
- sites: *sites
  daily: *low
  water_balance: |
    site_id, month, supplied_m3, billed_m3, mains_km
    N, 2024-10-01..2025-08-01, 10000000, 9200000, 50
  expect: {period: 2025-08-01, valid: 11, value: 11, beside: 8, state: alarm}
# R2 within its bounds; eleven months of 10⁶ m³ are 1200 (10⁴ m³) in twelve: A = 100 km ÷ 1200 = 0.08333,
# R2 = 99 × 0.01403 = 1.389: 10 − 1.389 = 8.611
- sites: *sites
  daily: *low
  water_balance: |
    site_id, month, supplied_m3, billed_m3, mains_km
    N, 2024-10-01..2025-08-01, 1000000, 900000, 100
  expect: {period: 2025-08-01, value: 8.611, beside: 10, state: normal}
# empty: no balance of any time
- sites: *sites
  daily: *pressure
  expect: {period: 2025-08-01, value: null, state: unknown, reason: no_source}
# just after midnight on the first the month before has closed; Z has no balance in its window and no row
- as_of: 2025-09-01T00:10Z
  sites: *sites
  daily: *low
  water_balance: |
    site_id, month, supplied_m3, billed_m3
    N, 2024-08-01, 100, 50
    N, 2024-09-01..2025-08-01, 100, 95
    Y, 2024-09-01..2025-08-01, 100, 96
    Z, 2024-08-01, 100, 50
  parameter: *frost
  expect:
  - {period: 2025-07-01, denominator: 1200, numerator: 105, beside: 8.75, value: 8.75}
  - {period: 2025-08-01, denominator: 1200, numerator: 60, beside: 5, value: 5, state: normal}
  - {period: 2025-08-01, site_id: Y, value: 4}
# too few: billing of 3 months in a row is missing, 9 of 12
- sites: *sites
  daily: *pressure
  water_balance: |
    site_id, month, supplied_m3, billed_m3
    N, 2024-09-01..2025-05-01, 100, 95
    N, 2025-06-01..2025-08-01, 100,
  expect: {period: 2025-08-01, denominator: 900, valid: 9, expected: 12, value: null, beside: 5, state: unknown, reason: too_few_data}
# a limit that changed: the warning came down from 12 to 9 % in August: 10 % was normal in July
- sites: *sites
  daily: *low
  water_balance: |
    site_id, month, supplied_m3, billed_m3
    N, 2024-08-01..2025-08-01, 100, 90
  limits: |
    subject, kind, value, effective_from, effective_to
    leakage_rate, warning, 12, 2020-01-01, 2025-07-31
    leakage_rate, warning, 9, 2025-08-01,
  expect:
  - {period: 2025-07-01, value: 10, state: normal}
  - {period: 2025-08-01, value: 10, state: warning}
---*/
WITH months AS (
    SELECT
        span.period,
        sites.site_id,
        sites.kind,
        water_balance.month,
        water_balance.mains_km,
        water_balance.household_share,
        -- a month without billing leaves all sums
        CASE WHEN water_balance.billed_m3 IS NOT NULL THEN water_balance.supplied_m3 END AS supplied,
        water_balance.supplied_m3 - water_balance.billed_m3
        - coalesce(water_balance.unbilled_registered_m3, 0)                              AS lost
    FROM span
    JOIN sites ON sites.kind IN ('network', 'zone')
    LEFT JOIN water_balance
        ON water_balance.site_id = sites.site_id AND water_balance.month BETWEEN span.first_day AND span.last_day
),

sums AS (
    SELECT
        period,
        site_id,
        kind,
        count(supplied)                                              AS billed_months,
        sum(supplied)                                                AS supplied,
        sum(lost)                                                    AS lost,
        sum(supplied * household_share)                              AS household,
        sum(CASE WHEN household_share IS NOT NULL THEN supplied END) AS with_share,
        max_by(mains_km, month) FILTER (WHERE mains_km IS NOT NULL)  AS mains_km
    FROM months
    GROUP BY period, site_id, kind
    HAVING kind = 'network' OR count(month) > 0
),

pressures AS (
    SELECT
        span.period,
        sum(daily.mean * daily.valid_hours) / nullif(sum(daily.valid_hours), 0) AS mpa
    FROM span
    JOIN daily
        ON daily.quantity = 'pressure' AND daily.role = 'network'
        AND daily.day BETWEEN span.first_day AND span.last_day
    GROUP BY span.period
),

frosts AS (
    SELECT
        span.period,
        max(parameter.value) AS depth_m
    FROM span
    JOIN parameter
        ON parameter.subject = 'frost_depth' AND coalesce(parameter.site_id, '') = ''
        AND coalesce(parameter.from_day, span.last_day) <= span.last_day
        AND coalesce(parameter.to_day, span.last_day) >= span.last_day
    GROUP BY span.period
),

-- A = L ÷ Qs, in km and 10⁴ m³ a year: the months present scaled to twelve
mains AS (
    SELECT
        period,
        99 * (mains_km / nullif(supplied / 10000 * 12 / billed_months, 0) - 0.0693) AS points
    FROM sums
    WHERE kind = 'network'
),

corrections AS (
    SELECT
        sums.period,
        coalesce(8 * sums.household / nullif(sums.with_share, 0), 0) AS r1,
        CASE
            WHEN mains.points IS NULL THEN 0
            WHEN mains.points > 3 THEN 3
            WHEN mains.points < -3 THEN -3
            ELSE mains.points
        END                                                          AS r2,
        CASE
            WHEN pressures.mpa > 0.75 THEN 2
            WHEN pressures.mpa > 0.55 THEN 1
            WHEN pressures.mpa > 0.35 THEN 0.5
            ELSE 0
        END                                                          AS r3,
        CASE WHEN frosts.depth_m > 1.4 THEN 1 ELSE 0 END             AS r4
    FROM sums
    LEFT JOIN mains ON mains.period = sums.period
    LEFT JOIN pressures ON pressures.period = sums.period
    LEFT JOIN frosts ON frosts.period = sums.period
    WHERE sums.kind = 'network'
)

SELECT
    sums.period,
    CASE WHEN sums.kind = 'network' THEN '' ELSE sums.site_id END                       AS site_id,
    CASE
        WHEN sums.kind = 'zone' THEN sums.lost
        ELSE
            sums.lost
            - (corrections.r1 + corrections.r2 + corrections.r3 + corrections.r4) / 100 * sums.supplied
    END                                                                                 AS numerator,
    coalesce(sums.supplied, 0)                                                          AS denominator,
    sums.billed_months                                                                  AS valid,
    12                                                                                  AS expected,
    CASE WHEN sums.kind = 'network' THEN sums.lost / nullif(sums.supplied, 0) * 100 END AS beside
FROM sums
JOIN corrections ON corrections.period = sums.period
