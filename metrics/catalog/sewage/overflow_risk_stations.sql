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
formula: count of stations with P(level ≥ alarm within 24 h) > risk_warning or level ≥ alarm_level
standard: house default
example:
# normal: A 0.2 (a risk is passed only strictly) and B 0.1, wells at 2.9 of 3 m and 1 of 4 m: 0 of 2
- as_of: 2026-03-15T08:20Z
  sites: &sites |
    site_id, kind
    A, sewage_station
    B, sewage_station
  points: &points |
    point_id, site_id, quantity, role
    LA, A, level, well
    LB, B, level, well
  parameter: &parameter |
    subject, site_id, value, from_day, to_day
    risk_warning, , 0.2, ,
    risk_alarm, , 0.5, ,
    alarm_level, A, 3.0, 2026-01-01,
    alarm_level, B, 4.0, ,
  state_at: &low |
    period, point_id, value
    2026-03-15, LA, 2.9
    2026-03-15, LB, 1.0
  risk_at: |
    period, site_id, kind, probability
    2026-03-15, A, overflow, 0.2
    2026-03-15, B, overflow, 0.1
  expect: {period: 2026-03-15, numerator: 0, denominator: null, valid: 2, expected: 2, value: 0, state: normal, reason: null, rows: 2}
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

parameters AS (
    SELECT
        span.period,
        parameter.subject,
        parameter.value,
        coalesce(parameter.site_id, '') AS site_id
    FROM span
    JOIN parameter
        ON parameter.subject IN ('risk_warning', 'risk_alarm', 'alarm_level')
        AND coalesce(parameter.from_day, span.last_day) <= span.last_day
        AND coalesce(parameter.to_day, span.last_day) >= span.last_day
),

-- a station's own row goes before the general one
thresholds AS (
    SELECT
        span.period,
        sites.site_id,
        max_by(parameters.value, parameters.site_id) FILTER (WHERE parameters.subject = 'risk_warning') AS risk_warning,
        max_by(parameters.value, parameters.site_id) FILTER (WHERE parameters.subject = 'risk_alarm')   AS risk_alarm,
        max_by(parameters.value, parameters.site_id) FILTER (WHERE parameters.subject = 'alarm_level')  AS alarm_level
    FROM span
    JOIN sites ON sites.kind = 'sewage_station'
    LEFT JOIN parameters ON parameters.period = span.period AND parameters.site_id IN ('', sites.site_id)
    GROUP BY span.period, sites.site_id
),

stations AS (
    SELECT
        thresholds.period,
        thresholds.site_id,
        coalesce(wells.level_m >= thresholds.alarm_level, FALSE)       AS at_alarm_level,
        coalesce(risk_at.probability > thresholds.risk_warning, FALSE) AS at_risk,
        coalesce(risk_at.probability > thresholds.risk_alarm, FALSE)   AS at_high_risk,
        risk_at.probability IS NOT NULL                                AS has_forecast
    FROM thresholds
    LEFT JOIN wells ON wells.period = thresholds.period AND wells.site_id = thresholds.site_id
    LEFT JOIN risk_at
        ON risk_at.period = thresholds.period AND risk_at.site_id = thresholds.site_id AND risk_at.kind = 'overflow'
)

SELECT
    period,
    site_id,
    CASE WHEN at_risk OR at_alarm_level THEN 1 ELSE 0 END                                 AS numerator,
    NULL                                                                                  AS denominator,
    CASE WHEN has_forecast OR at_alarm_level THEN 1 ELSE 0 END                            AS valid,
    1                                                                                     AS expected,
    CASE WHEN at_alarm_level OR at_high_risk THEN 'alarm' END                             AS floor_state,
    CASE WHEN at_alarm_level THEN 'at_alarm_level' WHEN at_high_risk THEN 'high_risk' END AS floor_reason,
    CASE WHEN NOT has_forecast AND NOT at_alarm_level THEN 'no_forecast' END              AS reason
FROM stations
