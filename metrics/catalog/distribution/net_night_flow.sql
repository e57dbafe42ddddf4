/*---
name: {zh: 夜间净流量, en: Net night flow}
question: {zh: 夜里没人用水的时候，还有多少水在流？, en: How much water flows at night when hardly anybody uses it?}
definition: {zh: 2 时至 4 时进入分区的平均流量减去流出和大用户的流量，除以用户数, en: "Mean flow into a zone from 02:00 to 04:00, less what leaves it and what its large users take, per connection"}
caveat: {zh: 任一流量计没有数据的分区不计；合法夜间用水未扣除, en: "A zone with a silent meter is left out; legitimate night use is not taken off"}
unit: L/(conn·h)
direction: down
period: day
shows: current
window: 24 h
aggregate: sum
tile: 7
short: {zh: 夜间净流量, en: Net night flow}
owner: 管网部
formula: {zh: Σ (流入 − 流出 − 大用户) × 1000 ÷ Σ 户数, en: Σ (in − out − large users) × 1000 ÷ Σ connections}
standard: house default
example:
# normal: Z in 12 (means of 02 and 03: 11 and 13; the hours beside them don't count), out 3, large user 4: 5 m³/h = 5000 L/h
# of 2000 connections: 2.5; Y in 6 (a totaliser: there is no flow meter), 6000 L/h of 3000: 2. Together 11 000 ÷ 5000 = 2.2,
# the mean would be 2.25. I has a totaliser beside its flow meter, V takes water outside any zone, K is a zone's
# pressure, S a station's flow, Q leads nowhere; X, without a meter, and M, which only loses water, have no row
- sites: &sites |
    site_id, kind, parent_id, connections
    N, network, ,
    W, works, ,
    Z, zone, W, 2000
    Y, zone, W, 3000
    X, zone, W, 500
    M, zone, W, 500
    U, large_user, Z,
    V, large_user, ,
    T, pump_room, Z,
    S, sewage_station, ,
  points: &points |
    point_id, site_id, quantity, role, to_site_id
    I, Z, flow, inlet, Z
    J, Z, volume, inlet, Z
    K, Z, pressure, inlet, Z
    O, Z, flow, outlet, Z
    L, U, flow, inlet,
    LV, U, volume, inlet,
    LP, U, codmn, ,
    G, V, flow, ,
    H, Y, volume, inlet, Y
    R, T, flow, discharge, Z
    S, S, flow, inlet, S
    Q, W, flow, outlet,
    P, M, flow, outlet, M
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-15T01:00Z, 90, true
    I, 2026-03-15T02:00Z, 11, true
    I, 2026-03-15T03:00Z, 13, true
    I, 2026-03-15T04:00Z, 90, true
    I, 2026-03-14T02:00Z, 90, true
    I, 2026-03-16T02:00Z, 90, true
    J, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    K, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    O, 2026-03-15T02:00Z..2026-03-15T03:00Z, 3, true
    L, 2026-03-15T02:00Z..2026-03-15T03:00Z, 4, true
    LV, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    LP, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    G, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    H, 2026-03-15T02:00Z..2026-03-15T03:00Z, 6, true
    R, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    S, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    Q, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
    P, 2026-03-15T02:00Z..2026-03-15T03:00Z, 90, true
  expect:
  - {period: 2026-03-15, numerator: 11000, denominator: 5000, valid: 8, expected: 8, value: 2.2, state: normal, reason: null, rows: 2}
  - {period: 2026-03-15, site_id: Z, numerator: 5000, denominator: 2000, valid: 6, expected: 6, value: 2.5, state: normal}
  - {period: 2026-03-15, site_id: Y, value: 2, state: normal}
# warning: Z 17 − 3 − 4 = 10 m³/h: 5 L/h; with Y's 2: 16 000 ÷ 5000 = 3.2
- sites: *sites
  points: *points
  hourly: &rest |
    point_id, hour, mean, is_valid
    I, 2026-03-15T02:00Z..2026-03-15T03:00Z, 17, true
    O, 2026-03-15T02:00Z..2026-03-15T03:00Z, 3, true
    L, 2026-03-15T02:00Z..2026-03-15T03:00Z, 4, true
    H, 2026-03-15T02:00Z..2026-03-15T03:00Z, 6, true
  expect:
  - {period: 2026-03-15, value: 3.2, state: warning, gap: 0.2}
  - {period: 2026-03-15, site_id: Z, value: 5, state: warning}
# alarm: Z 34 − 3 − 4 = 27 m³/h, Y 6: 33 000 ÷ 5000 = 6.6; Z alone 13.5; an hour that was covered too little, with 90,
# doesn't count: 7 of 8
- sites: *sites
  points: *points
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-15T02:00Z..2026-03-15T03:00Z, 34, true
    O, 2026-03-15T02:00Z..2026-03-15T03:00Z, 3, true
    L, 2026-03-15T02:00Z, 4, true
    L, 2026-03-15T03:00Z, 90, false
    H, 2026-03-15T02:00Z..2026-03-15T03:00Z, 6, true
  expect: {period: 2026-03-15, numerator: 33000, valid: 7, expected: 8, value: 6.6, state: alarm, partial: false}
# the large user is silent: Z leaves both sums, Y's 2 stands alone, but 6 of 8 hours are too few
- sites: *sites
  points: *points
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-15T02:00Z..2026-03-15T03:00Z, 17, true
    O, 2026-03-15T02:00Z..2026-03-15T03:00Z, 3, true
    H, 2026-03-15T02:00Z..2026-03-15T03:00Z, 6, true
  expect:
  - {period: 2026-03-15, numerator: 6000, denominator: 3000, valid: 6, expected: 8, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-15, site_id: Z, numerator: null, value: null, state: unknown, reason: too_few_data}
  - {period: 2026-03-15, site_id: Y, value: 2, state: normal}
# a zone without a connection, or whose connections nobody knows, leaves both sums, too
- sites: |
    site_id, kind, connections
    Z, zone, 2000
    Y, zone, 0
    X, zone,
  points: |
    point_id, site_id, quantity, role, to_site_id
    I, Z, flow, inlet, Z
    H, Y, flow, inlet, Y
    G, X, flow, inlet, X
  hourly: *rest
  expect:
  - {period: 2026-03-15, numerator: 17000, denominator: 2000, value: 8.5, state: alarm}
  - {period: 2026-03-15, site_id: Y, numerator: null, value: null, state: unknown}
# empty
- sites: *sites
  points: *points
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight in Shanghai (16:10 UTC): last night's hours 02 and 03, 18 and 19 UTC, not the coming ones
- &night
  timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  sites: &one |
    site_id, kind, connections
    Z, zone, 2000
  points: &inlet |
    point_id, site_id, quantity, role, to_site_id
    I, Z, flow, inlet, Z
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-13T16:00Z..2026-03-13T17:00Z, 90, true
    I, 2026-03-13T18:00Z..2026-03-13T19:00Z, 8, true
    I, 2026-03-13T20:00Z..2026-03-14T15:00Z, 90, true
    I, 2026-03-14T16:00Z, 90, false
    I, 2026-03-14T18:00Z..2026-03-14T19:00Z, 90, true
  expect: {period: 2026-03-15, numerator: 8000, denominator: 2000, valid: 2, expected: 2, value: 4, state: warning}
# at 02:20 the window holds 03 of last night, and 02 is not over: one hour is due, and one is there; before its first
# readings nothing else is known either
- <<: *night
  as_of: 2026-03-14T18:20Z
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-13T18:00Z, 90, true
    I, 2026-03-13T19:00Z, 8, true
    I, 2026-03-13T20:00Z..2026-03-14T17:00Z, 90, true
    I, 2026-03-14T18:00Z, 90, false
  expect: {period: 2026-03-15, numerator: 8000, valid: 1, expected: 1, value: 4}
- <<: *night
  as_of: 2026-03-14T18:02Z
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-13T19:00Z, 8, true
    I, 2026-03-13T20:00Z..2026-03-14T17:00Z, 90, true
  expect: {period: 2026-03-15, numerator: 8000, valid: 1, expected: 1, value: 4}
# at 04:00 both of this night are over, at 04:20 the running hour is not one of them
- <<: *night
  as_of: 2026-03-14T20:00Z
  hourly: &both |
    point_id, hour, mean, is_valid
    I, 2026-03-14T18:00Z..2026-03-14T19:00Z, 5, true
    I, 2026-03-14T20:00Z, 90, false
  expect: {period: 2026-03-15, valid: 2, expected: 2, value: 2.5, state: normal}
- <<: *night
  as_of: 2026-03-14T20:20Z
  hourly: *both
  expect: {period: 2026-03-15, valid: 2, expected: 2, value: 2.5, state: normal}
# the night the clocks went forward has no hour 02 in Rome: one hour is due on that day
- timezone: Europe/Rome
  sites: *one
  points: *inlet
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-28T23:00Z..2026-03-29T00:00Z, 90, true
    I, 2026-03-29T01:00Z, 4, true
    I, 2026-03-29T02:00Z..2026-03-29T21:00Z, 90, true
  expect: {period: 2026-03-29, valid: 1, expected: 1, value: 2, state: normal}
# too few: 6 hours in a row, 22:00 to 04:00, are missing of everything: nothing of the night is left
- sites: *one
  points: *inlet
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-15T04:00Z..2026-03-15T21:00Z, 4, true
  expect: {period: 2026-03-15, valid: 0, expected: 2, value: null, state: unknown, reason: too_few_data}
# a limit that changed on the 15th, 3 → 2
- sites: *one
  points: *inlet
  hourly: |
    point_id, hour, mean, is_valid
    I, 2026-03-14T02:00Z..2026-03-14T03:00Z, 5, true
    I, 2026-03-15T02:00Z..2026-03-15T03:00Z, 5, true
  limits: |
    subject, kind, value, effective_from, effective_to
    net_night_flow, warning, 3, 2020-01-01, 2026-03-14
    net_night_flow, warning, 2, 2026-03-15,
  expect:
  - {period: 2026-03-14, value: 2.5, state: normal}
  - {period: 2026-03-15, value: 2.5, state: warning}
---*/
-- the days a window touches: equal days are found fast, hours between two moments are not
WITH days AS (
    SELECT
        *,
        first_day AS day
    FROM span
    UNION
    SELECT
        *,
        last_day AS day
    FROM span
),

-- what flows into a zone, out of it, and to its large users: flow, or volume where a site has no flow ('flow' comes
-- first in the alphabet)
candidates AS (
    SELECT
        points.point_id,
        points.quantity,
        min(points.quantity) OVER (PARTITION BY points.site_id, points.role, points.to_site_id) AS best,
        CASE WHEN sites.kind = 'large_user' THEN sites.parent_id ELSE points.to_site_id END     AS zone_id,
        CASE WHEN sites.kind <> 'large_user' AND points.role = 'inlet' THEN 1 ELSE -1 END       AS sign
    FROM points
    JOIN sites ON sites.site_id = points.site_id
    WHERE
        points.quantity IN ('flow', 'volume')
        AND (sites.kind = 'large_user' OR points.role IN ('inlet', 'outlet'))
),

-- the local hour that is running at the span's end, from what has been read in it or in the one before
running AS (
    SELECT
        days.period,
        max(
            CASE
                WHEN hourly.hour > days.ends_at - INTERVAL '1' HOUR THEN hourly.local_hour ELSE hourly.local_hour + 1
            END
        ) AS local_hour
    FROM days
    JOIN hourly
        ON hourly.day = days.day AND hourly.hour > days.ends_at - INTERVAL '2' HOUR AND hourly.hour < days.ends_at
    WHERE days.hours < 24
    GROUP BY days.period
),

-- two hours a night, less one that isn't over yet, or that a change of clocks took from a closed day (its 23 hours are
-- whole ones)
nights AS (
    SELECT
        span.period,
        CASE
            WHEN span.hours >= 24 THEN 2
            WHEN span.starts_at + span.hours * INTERVAL '1' HOUR = span.ends_at THEN 1
            WHEN running.local_hour IN (2, 3) THEN 1
            ELSE 2
        END AS due
    FROM span
    LEFT JOIN running ON running.period = span.period
),

flows AS (
    SELECT
        days.period,
        candidates.zone_id,
        candidates.point_id,
        candidates.sign,
        avg(hourly.mean)   AS m3h,
        count(hourly.hour) AS valid
    FROM days
    JOIN candidates ON candidates.quantity = candidates.best
    LEFT JOIN hourly
        ON hourly.point_id = candidates.point_id AND hourly.day = days.day
        AND hourly.is_valid AND hourly.local_hour IN (2, 3)
        AND hourly.hour >= days.starts_at AND hourly.hour < days.ends_at
    GROUP BY days.period, candidates.zone_id, candidates.point_id, candidates.sign
)

SELECT
    flows.period,
    flows.zone_id         AS site_id,
    CASE
        WHEN count(flows.m3h) = count(*) AND sites.connections > 0 THEN sum(flows.sign * flows.m3h) * 1000
    END                   AS numerator,
    sites.connections     AS denominator,
    sum(flows.valid)      AS valid,
    count(*) * nights.due AS expected
FROM flows
JOIN sites ON sites.site_id = flows.zone_id AND sites.kind = 'zone'
JOIN nights ON nights.period = flows.period
GROUP BY flows.period, flows.zone_id, sites.connections, nights.due
-- a zone into which nothing is measured has no balance
HAVING max(flows.sign) = 1
