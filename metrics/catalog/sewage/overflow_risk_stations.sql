/*---
name: {zh: 高风险泵站数, en: Stations at risk of overflow}
question: {zh: 未来 24 小时，哪些泵站可能冒溢？, en: Which stations may overflow within 24 hours?}
definition: {zh: 24 小时内水位达到报警水位的概率高于预警值、或水位此刻已达报警水位的污水泵站数, en: Sewage stations whose probability of reaching the alarm level within 24 hours is above the warning risk or whose well stands at its alarm level now}
caveat: {zh: 没有风险预测时只有已达报警水位的泵站可知, en: Without a risk forecast only a station at its alarm level is known}
unit: 座
direction: down
period: day
shows: current
window: now
aggregate: last
tile: 9
short: {zh: 高风险泵站数, en: Overflow risk}
owner: 排水调度中心
formula: {zh: 24 小时内液位达报警水位的概率 > risk_warning，或液位已达报警水位的泵站数, en: count of stations with P(level ≥ alarm within 24 h) > risk_warning or level ≥ alarm_level}
standard: house default
example:
# normal: A 0.2 (a risk is passed only strictly), its well at 2.9 of 3 m; B 0.25, its own risk_warning is 0.3, its well at
# 1 of 4 m: 0 of 2. Other levels, other quantities in the well, other risks, other days and other kinds of site don't count
- as_of: 2026-03-15T08:20Z
  sites: &sites |
    site_id, kind
    A, sewage_station
    B, sewage_station
    W, wwtp
  points: &points |
    point_id, site_id, quantity, role
    LA, A, level, well
    OA, A, level, outlet
    FA, A, flow, well
    LB, B, level, well
    LW, W, level, well
  parameter: &parameter |
    subject, site_id, value, from_day, to_day
    risk_warning, , 0.2, ,
    risk_alarm, , 0.5, ,
    risk_warning, B, 0.3, ,
    alarm_level, A, 2.0, 2026-03-16,
    alarm_level, A, 2.5, , 2026-03-13
    alarm_level, A, 3.0, 2026-03-14, 2026-03-15
    alarm_level, B, 4.0, ,
    comfort_level, A, 0.0, ,
    alarm_level, W, 3.0, ,
  state_at: &low |
    period, point_id, value
    2026-03-14, LA, 3.5
    2026-03-15, LA, 2.9
    2026-03-15, OA, 3.5
    2026-03-15, FA, 900
    2026-03-15, LB, 1.0
    2026-03-15, LW, 3.5
  risk_at: |
    period, site_id, kind, probability
    2026-03-14, A, overflow, 0.6
    2026-03-15, A, overflow, 0.2
    2026-03-15, A, effluent, 0.9
    2026-03-15, B, overflow, 0.25
    2026-03-15, W, overflow, 0.9
  expect: {period: 2026-03-15, numerator: 0, denominator: null, valid: 2, expected: 2, value: 0, state: normal, reason: null, rows: 2}
# warning: A 0.21, B exactly at risk_alarm: 2 stations, none of them an alarm
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *low
  risk_at: |
    period, site_id, kind, probability
    2026-03-15, A, overflow, 0.21
    2026-03-15, B, overflow, 0.5
  expect:
  - {period: 2026-03-15, numerator: 2, value: 2, state: warning, reason: null, gap: 2}
  - {period: 2026-03-15, site_id: A, value: 1, state: warning}
# alarm by risk: A 0.51; B stays normal
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *low
  risk_at: |
    period, site_id, kind, probability
    2026-03-15, A, overflow, 0.51
    2026-03-15, B, overflow, 0.1
  expect:
  - {period: 2026-03-15, value: 1, state: alarm, reason: high_risk, partial: false}
  - {period: 2026-03-15, site_id: B, value: 0, state: normal, reason: null}
# alarm by level: A's well stands exactly at its 3 m, whatever the risk
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: &high |
    period, point_id, value
    2026-03-15, LA, 3.0
    2026-03-15, LB, 1.0
  risk_at: &calm |
    period, site_id, kind, probability
    2026-03-15, A, overflow, 0.1
    2026-03-15, B, overflow, 0.1
  expect: {period: 2026-03-15, value: 1, state: alarm, reason: at_alarm_level}
# no forecast yet, and no well at its alarm: nobody knows
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *low
  expect: {period: 2026-03-15, valid: 0, expected: 2, value: null, state: unknown, reason: no_forecast}
# no forecast, but A is at its alarm level: that much is known, of B nothing: 1 of 2
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *high
  expect:
  - {period: 2026-03-15, numerator: 1, valid: 1, expected: 2, value: 1, state: alarm, partial: true, reason: too_few_data}
  - {period: 2026-03-15, site_id: A, state: alarm, partial: false, reason: at_alarm_level}
  - {period: 2026-03-15, site_id: B, value: null, state: unknown, reason: no_forecast}
# too few: a risk is known of A only, 1 of 2
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *low
  risk_at: |
    period, site_id, kind, probability
    2026-03-15, A, overflow, 0.1
  expect: {period: 2026-03-15, valid: 1, expected: 2, value: null, state: unknown, reason: too_few_data}
# empty: no reading of any time
- as_of: 2026-03-15T08:20Z
  sites: *sites
  points: *points
  parameter: *parameter
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight in Shanghai (16:10 UTC) it is the 15th: its risks and levels, not the 14th's
- timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  sites: *sites
  points: *points
  parameter: *parameter
  state_at: *low
  risk_at: *calm
  expect: {period: 2026-03-15, valid: 2, value: 0, state: normal}
# a limit that changed: A's alarm level is 2.5 m until the 13th, 3 m until the 15th, then 2 m; its well at 2.9 m on all days
- sites: *sites
  points: *points
  parameter: *parameter
  state_at: |
    period, point_id, value
    2026-03-13..2026-03-16, LA, 2.9
  risk_at: |
    period, site_id, kind, probability
    2026-03-13..2026-03-16, A, overflow, 0.1
    2026-03-13..2026-03-16, B, overflow, 0.1
  expect:
  - {period: 2026-03-13, value: 1, state: alarm}
  - {period: 2026-03-14, value: 0, state: normal}
  - {period: 2026-03-15, value: 0, state: normal}
  - {period: 2026-03-16, value: 1, state: alarm}
---*/
WITH wells AS (
    SELECT
        state_at.period,
        points.site_id,
        max(state_at.value) AS level_m
    FROM points
    JOIN state_at ON state_at.point_id = points.point_id
    WHERE points.quantity = 'level' AND points.role = 'well'
    GROUP BY state_at.period, points.site_id
),

-- a station's own row goes before the general one, whose site is ''
parameters AS (
    SELECT
        span.period,
        sites.site_id,
        max_by(parameter.value, coalesce(parameter.site_id, ''))
        FILTER (WHERE parameter.subject = 'risk_warning') AS risk_warning,
        max_by(parameter.value, coalesce(parameter.site_id, ''))
        FILTER (WHERE parameter.subject = 'risk_alarm')   AS risk_alarm,
        max_by(parameter.value, parameter.site_id)
        FILTER (WHERE parameter.subject = 'alarm_level')  AS alarm_level
    FROM span
    JOIN sites ON sites.kind = 'sewage_station'
    LEFT JOIN parameter
        ON coalesce(parameter.site_id, '') IN ('', sites.site_id)
        AND coalesce(parameter.from_day, span.last_day) <= span.last_day
        AND coalesce(parameter.to_day, span.last_day) >= span.last_day
    GROUP BY span.period, sites.site_id
),

stations AS (
    SELECT
        parameters.period,
        parameters.site_id,
        coalesce(wells.level_m >= parameters.alarm_level, FALSE)       AS at_alarm_level,
        coalesce(risk_at.probability > parameters.risk_warning, FALSE) AS at_risk,
        coalesce(risk_at.probability > parameters.risk_alarm, FALSE)   AS at_high_risk,
        risk_at.probability IS NOT NULL                                AS has_forecast
    FROM parameters
    LEFT JOIN wells ON wells.period = parameters.period AND wells.site_id = parameters.site_id
    LEFT JOIN risk_at
        ON risk_at.period = parameters.period AND risk_at.site_id = parameters.site_id AND risk_at.kind = 'overflow'
)

SELECT
    period,
    site_id,
    CASE WHEN at_risk OR at_alarm_level THEN 1 ELSE 0 END                    AS numerator,
    NULL                                                                     AS denominator,
    CASE WHEN has_forecast OR at_alarm_level THEN 1 ELSE 0 END               AS valid,
    1                                                                        AS expected,
    CASE WHEN at_alarm_level OR at_high_risk THEN 'alarm' END                AS floor_state,
    CASE WHEN at_alarm_level THEN 'at_alarm_level' ELSE 'high_risk' END      AS floor_reason,
    CASE WHEN NOT has_forecast AND NOT at_alarm_level THEN 'no_forecast' END AS reason
FROM stations
