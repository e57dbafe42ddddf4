/*---
name: {zh: 取水裕度, en: Intake margin}
question: {zh: 取水能力够不够未来 24 小时用？, en: Can the sources give what the next 24 hours will ask?}
definition: {zh: 水源地此刻可用水泵的额定取水量（不超过取水许可）÷ 未来 24 小时需水量（含自用水）, en: Rated intake of the pumps available now (at most the permit) ÷ demand of the next 24 hours with the works' own use}
caveat: {zh: 没有可用状态测点的泵按可用计；没有需水预测时用过去 24 小时出厂水量, en: A pump without an availability point counts as available; until there is a demand forecast the last 24 hours' output stands for it}
unit: "–"
direction: up
period: day
shows: current
window: now
aggregate: last
tile: 2
short: {zh: 取水裕度, en: Intake margin}
owner: 水源管理部
formula: {zh: "Σ min(许可取水量, 可用泵额定流量 × 24) ÷ [需水量 × (1 + 自用水率)]", en: "Σ min(permit, rated flow × 24 of available pumps) ÷ (demand × (1 + own use))"}
standard: house default
example:
# normal, from the forecast: S1 has pumps of 1000 (available), 1000 (no point: counts, known) and 500 m³/h (out):
# 2000 × 24 = 48 000; S2 has 1000 × 24 = 24 000, but its permit is 12 000; 60 000 in all. The newest forecast is 2000 m³/h:
# 48 000 × 1.05 = 50 400; 60 000 ÷ 50 400 = 1.190. Older issues, other models, quantiles, series and hours don't count,
# nor do a works' pump and a source's mixer
- as_of: 2026-03-15T08:20Z
  sites: &sites |
    site_id, kind, capacity_m3d
    N, network,
    Z, zone,
    S1, source,
    S2, source, 12000
    W, works,
  machines: &machines |
    machine_id, site_id, kind, rated_flow_m3h
    P1, S1, pump, 1000
    P2, S1, pump, 1000
    P3, S1, pump, 500
    P4, S2, pump, 1000
    P5, W, pump, 9000
    X1, S1, mixer, 9000
  points: &points |
    point_id, site_id, quantity, role, machine_id
    A1, S1, available, state, P1
    R1, S1, running, state, P1
    A3, S1, available, state, P3
    A4, S2, available, state, P4
    F, W, flow, finished,
    V, W, volume, finished,
    C, W, codmn, finished,
    R, W, flow, raw,
    L, N, flow, finished,
  parameter: &parameter |
    subject, site_id, value, from_day, to_day
    own_use, , 0.05, 2026-01-01,
    own_use, , 0.50, 2025-01-01, 2025-12-31
    own_use, S1, 0.90, 2026-01-01,
    return_factor, , 0.85, ,
  state_at: &state |
    period, point_id, value
    2026-03-15, A1, 1
    2026-03-14, A1, 0
    2026-03-15, R1, 0
    2026-03-15, A3, 0
    2026-03-15, A4, 1
  forecast: |
    series, model, issued_at, valid_at, quantile, value
    N/demand, shown, 2026-03-15T08:00Z, 2026-03-15T08:00Z, 0.5, 9000
    N/demand, shown, 2026-03-15T08:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.5, 2000
    N/demand, shown, 2026-03-15T08:00Z, 2026-03-16T09:00Z..2026-03-16T20:00Z, 0.5, 9000
    N/demand, shown, 2026-03-15T08:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.9, 9000
    N/demand, mstl, 2026-03-15T08:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.5, 9000
    Z/demand, shown, 2026-03-15T08:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.5, 9000
    N/demand, shown, 2026-03-14T08:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.5, 9000
    N/demand, shown, 2026-03-15T09:00Z, 2026-03-15T09:00Z..2026-03-16T08:00Z, 0.5, 9000
  hourly: &flow |
    point_id, hour, mean, is_valid
    F, 2026-03-14T07:00Z..2026-03-14T08:00Z, 9000, true
    F, 2026-03-14T09:00Z..2026-03-15T07:00Z, 1500, true
    F, 2026-03-15T08:00Z, 9000, false
    F, 2026-03-15T09:00Z, 9000, true
    V, 2026-03-14T09:00Z..2026-03-15T07:00Z, 9000, true
    R, 2026-03-14T09:00Z..2026-03-15T07:00Z, 9000, true
    L, 2026-03-14T09:00Z..2026-03-15T07:00Z, 9000, true
  expect: {period: 2026-03-15, numerator: 60000, denominator: 50400, valid: 4, expected: 4, value: 1.1905, state: normal, gap: 0.0405}
# P4 out as well: 48 000; no forecast reaches far enough, so the 24 hours behind stand for it (1500 m³/h from
# 09:00 yesterday on): 36 000 × 1.05 = 37 800, 48 000 ÷ 37 800 = 1.27; the forecast's last hours alone would have said 2000
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  hourly: *flow
  state_at: |
    period, point_id, value
    2026-03-15, A1, 1
    2026-03-15, A3, 0
    2026-03-15, A4, 0
  forecast: |
    series, model, issued_at, valid_at, quantile, value
    N/demand, shown, 2026-03-14T08:00Z, 2026-03-14T09:00Z..2026-03-15T12:00Z, 0.5, 2000
  expect: {period: 2026-03-15, numerator: 48000, denominator: 37800, value: 1.27, state: normal}
# alarm: with P1 out, too, only P2 is left: 24 000 ÷ 37 800 = 0.635
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  hourly: *flow
  state_at: |
    period, point_id, value
    2026-03-15, A1, 0
    2026-03-15, A3, 0
    2026-03-15, A4, 0
  expect: {period: 2026-03-15, numerator: 24000, denominator: 37800, value: 0.635, state: alarm, partial: false}
# warning: 1000 + 1000 m³/h available, 43 000 m³ gone through the works' only meter, a totaliser, at 1791.67 m³/h:
# 48 000 ÷ (43 000 × 1.05 = 45 150) = 1.063, under 1.15, not under 1.05
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: |
    point_id, site_id, quantity, role, machine_id
    A3, S1, available, state, P3
    A4, S2, available, state, P4
    V, W, volume, finished,
  parameter: *parameter
  state_at: |
    period, point_id, value
    2026-03-15, A3, 0
    2026-03-15, A4, 0
  hourly: |
    point_id, hour, mean, is_valid
    V, 2026-03-14T09:00Z..2026-03-15T07:00Z, 1791.666666666667, true
  expect: {period: 2026-03-15, numerator: 48000, denominator: 45150, value: 1.063, state: warning}
# empty: nothing was ever read
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight the window behind is 01:00 yesterday to 00:10: 23 hours at 1500; 00:00 yesterday is out of it
- as_of: 2026-03-15T00:10Z
  sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  state_at: *state
  hourly: |
    point_id, hour, mean, is_valid
    F, 2026-03-14T00:00Z, 9000, true
    F, 2026-03-14T01:00Z..2026-03-14T23:00Z, 1500, true
  expect: {period: 2026-03-15, numerator: 60000, denominator: 37800, value: 1.587, state: normal}
# too few: two of the four pumps are silent; they count as available, but are not known: 2 of 4
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  hourly: *flow
  state_at: |
    period, point_id, value
    2026-03-15, A1, 1
    2026-03-15, A4,
  expect: {period: 2026-03-15, numerator: 72000, denominator: 37800, valid: 2, expected: 4, value: null, state: unknown, reason: too_few_data}
# too few: of one of two outlets 6 hours in a row are missing (17 of 23, 74 %), and there is no forecast: no demand known
- as_of: 2026-03-15T08:20Z
  sites: *sites
  machines: *machines
  points: |
    point_id, site_id, quantity, role, machine_id
    A3, S1, available, state, P3
    F, W, flow, finished,
    G, W, flow, finished,
  parameter: *parameter
  state_at: *state
  hourly: |
    point_id, hour, mean, is_valid
    F, 2026-03-14T15:00Z..2026-03-15T07:00Z, 1500, true
    G, 2026-03-14T09:00Z..2026-03-15T07:00Z, 500, true
  expect: {period: 2026-03-15, numerator: null, value: null, state: unknown, reason: too_few_data}
# a parameter that changed: own use 0.50 until 31 December: 3800 + 23 × 1400 = 36 000 m³, 60 000 ÷ (36 000 × 1.5 = 54 000)
# = 1.111; from 1 January 0.05, and at its end a forecast is issued that reaches just far enough, (3900 + 19 × 1900) ÷ 20 =
# 2000 m³/h (the hour after its 24 is not asked): 60 000 ÷ 50 400 = 1.190
- sites: *sites
  machines: *machines
  points: *points
  parameter: *parameter
  state_at: |
    period, point_id, value
    2025-12-31..2026-01-01, A1, 1
    2025-12-31..2026-01-01, A3, 0
    2025-12-31..2026-01-01, A4, 1
  hourly: |
    point_id, hour, mean, is_valid
    F, 2025-12-31T00:00Z, 3800, true
    F, 2025-12-31T01:00Z..2025-12-31T23:00Z, 1400, true
    F, 2026-01-01T00:00Z..2026-01-01T23:00Z, 1000, true
  forecast: |
    series, model, issued_at, valid_at, quantile, value
    N/demand, shown, 2026-01-02T00:00Z, 2026-01-02T00:00Z, 0.5, 3900
    N/demand, shown, 2026-01-02T00:00Z, 2026-01-02T01:00Z..2026-01-02T19:00Z, 0.5, 1900
    N/demand, shown, 2026-01-02T00:00Z, 2026-01-03T00:00Z, 0.5, 9000
  expect:
  - {period: 2025-12-31, numerator: 60000, denominator: 54000, value: 1.111, state: warning}
  - {period: 2026-01-01, numerator: 60000, denominator: 50400, value: 1.1905, state: normal}
---*/
WITH pumps AS (
    SELECT
        span.period,
        sites.site_id,
        sites.capacity_m3d,
        -- a silent pump counts: only one that says it is out leaves
        CASE WHEN state_at.value < 0.5 THEN 0 ELSE machines.rated_flow_m3h * 24 END       AS m3d,
        CASE WHEN points.point_id IS NULL OR state_at.value IS NOT NULL THEN 1 ELSE 0 END AS known
    FROM span
    JOIN sites ON sites.kind = 'source'
    JOIN machines ON machines.site_id = sites.site_id AND machines.kind = 'pump'
    LEFT JOIN points ON points.machine_id = machines.machine_id AND points.quantity = 'available'
    LEFT JOIN state_at ON state_at.period = span.period AND state_at.point_id = points.point_id
),

sources AS (
    SELECT
        period,
        CASE WHEN sum(m3d) > capacity_m3d THEN capacity_m3d ELSE sum(m3d) END AS m3d,
        sum(known)                                                            AS known,
        count(*)                                                              AS pumps
    FROM pumps
    GROUP BY period, site_id, capacity_m3d
),

intake AS (
    SELECT
        period,
        sum(m3d)   AS m3d,
        sum(known) AS known,
        sum(pumps) AS pumps
    FROM sources
    GROUP BY period
),

issues AS (
    SELECT
        span.period,
        forecast.issued_at,
        avg(forecast.value) * 24 AS m3
    FROM span
    JOIN sites ON sites.kind = 'network'
    JOIN forecast
        ON forecast.series = sites.site_id || '/demand' AND forecast.model = 'shown' AND forecast.quantile = 0.5
        AND forecast.issued_at <= span.ends_at AND forecast.valid_at >= span.ends_at
        AND forecast.valid_at < span.ends_at + INTERVAL '24' HOUR
    GROUP BY span.period, span.ends_at, forecast.issued_at
    -- an issue that covers less than 20 of the 24 hours says little about them
    HAVING max(forecast.valid_at) >= span.ends_at + INTERVAL '19' HOUR
),

demand AS (
    SELECT
        period,
        max_by(m3, issued_at) AS m3
    FROM issues
    GROUP BY period
),

-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
meters AS (
    SELECT
        point_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'works' AND role = 'finished' AND quantity IN ('flow', 'volume')
),

outputs AS (
    SELECT
        span.period,
        CASE WHEN count(hourly.hour) >= 0.8 * any_value(span.hours) THEN avg(hourly.mean) * 24 END AS m3
    FROM span
    JOIN meters ON meters.quantity = meters.best
    LEFT JOIN hourly
        ON hourly.point_id = meters.point_id AND hourly.is_valid
        AND hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
    GROUP BY span.period, meters.point_id
),

output AS (
    SELECT
        period,
        CASE WHEN count(m3) = count(*) THEN sum(m3) END AS m3
    FROM outputs
    GROUP BY period
),

asked AS (
    SELECT
        span.period,
        coalesce(demand.m3, output.m3) * (1 + parameter.value) AS m3
    FROM span
    LEFT JOIN demand ON demand.period = span.period
    LEFT JOIN output ON output.period = span.period
    LEFT JOIN parameter
        ON parameter.subject = 'own_use' AND coalesce(parameter.site_id, '') = ''
        AND coalesce(parameter.from_day, span.last_day) <= span.last_day
        AND coalesce(parameter.to_day, span.last_day) >= span.last_day
)

SELECT
    span.period,
    ''                                                 AS site_id,
    CASE WHEN asked.m3 IS NOT NULL THEN intake.m3d END AS numerator,
    asked.m3                                           AS denominator,
    coalesce(intake.known, 0)                          AS valid,
    coalesce(intake.pumps, 0)                          AS expected
FROM span
LEFT JOIN intake ON intake.period = span.period
LEFT JOIN asked ON asked.period = span.period
