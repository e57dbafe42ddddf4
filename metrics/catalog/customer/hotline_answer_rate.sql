/*---
name: {zh: 96390 接通率, en: Hotline answer rate}
question: {zh: 过去 24 小时，用户打热线，20 秒内有人接吗？, en: "Who called the hotline in the last 24 hours, was answered within 20 seconds?"}
definition: {zh: 20 秒内接听的热线来电 ÷ 已结束的热线来电（未接即挂断计为失败）, en: Hotline calls answered within 20 seconds ÷ hotline calls ended (ended without an answer is a failure)}
caveat: {zh: 来电转到其他渠道的不计, en: Calls through other channels are not in this number}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 15
short: {zh: 热线接通率, en: Calls answered}
owner: 客户服务部
formula: {zh: 20 秒内接通的来电 ÷ 已结束的来电, en: calls answered ≤ 20 s after they started ÷ calls ended}
standard: published service commitments
example:
# normal: 9 calls answered after exactly 20 s and 1 after 21 s: 9 of 10 = 90 %, which isn't under 90. Other channels, a call
# still going on and other days don't count; one that began before midnight and ended after it does
- call: &ten |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-15T01:00:00Z..2026-03-15T08:00:00Z, 2026-03-15T01:00:20Z..2026-03-15T08:00:20Z, 2026-03-15T01:05:00Z..2026-03-15T08:05:00Z
    B, hotline, 2026-03-14T23:59:00Z, 2026-03-14T23:59:20Z, 2026-03-15T00:00:00Z
    C, hotline, 2026-03-15T09:00:00Z, 2026-03-15T09:00:21Z, 2026-03-15T09:05:00Z
    D, city_hotline, 2026-03-15T10:00:00Z, 2026-03-15T10:01:00Z, 2026-03-15T10:05:00Z
    E, wechat, 2026-03-15T10:00:00Z, , 2026-03-15T10:05:00Z
    F, hotline, 2026-03-15T23:58:00Z, 2026-03-15T23:58:30Z,
    G, hotline, 2026-03-14T10:00:00Z, , 2026-03-14T10:05:00Z
    H, hotline, 2026-03-15T23:59:00Z, , 2026-03-16T00:00:00Z
  expect: {period: 2026-03-15, numerator: 9, denominator: 10, valid: null, expected: null, validity: 1, value: 90, state: normal, reason: null}
# warning: 8 of 9 in time, the ninth hung up unanswered after 5 s: 88.89 %
- call: |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-15T01:00:00Z..2026-03-15T08:00:00Z, 2026-03-15T01:00:05Z..2026-03-15T08:00:05Z, 2026-03-15T01:05:00Z..2026-03-15T08:05:00Z
    B, hotline, 2026-03-15T09:00:00Z, , 2026-03-15T09:00:05Z
  expect: {period: 2026-03-15, numerator: 8, denominator: 9, value: 88.89, state: warning, gap: -1.11}
# alarm: 3 of 4
- call: |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-15T01:00:00Z..2026-03-15T03:00:00Z, 2026-03-15T01:00:05Z..2026-03-15T03:00:05Z, 2026-03-15T01:05:00Z..2026-03-15T03:05:00Z
    B, hotline, 2026-03-15T09:00:00Z, 2026-03-15T09:01:00Z, 2026-03-15T09:02:00Z
  expect: {period: 2026-03-15, value: 75, state: alarm, partial: false}
# empty: no call of any time; and no call in this window, which is no reason to worry
- expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
- call: |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-01T01:00:00Z, , 2026-03-01T01:05:00Z
  expect: {period: 2026-03-15, numerator: 0, denominator: 0, value: null, state: normal, reason: no_events}
# ten past midnight in Shanghai (16:10 UTC): from 01:00 local yesterday (17:00 UTC) on
- timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  call: |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-13T16:58:00Z, , 2026-03-13T16:59:59Z
    B, hotline, 2026-03-13T16:59:00Z, , 2026-03-13T17:00:00Z
    C, hotline, 2026-03-14T16:05:00Z, 2026-03-14T16:05:10Z, 2026-03-14T16:09:00Z
  expect: {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm}
# a limit that changed on the 15th, 75 → 90 %: 4 of 5 on both days
- call: |
    call_id, channel, started_at, answered_at, ended_at
    A, hotline, 2026-03-14T01:00:00Z..2026-03-14T04:00:00Z, 2026-03-14T01:00:05Z..2026-03-14T04:00:05Z, 2026-03-14T01:05:00Z..2026-03-14T04:05:00Z
    B, hotline, 2026-03-14T09:00:00Z, , 2026-03-14T09:02:00Z
    C, hotline, 2026-03-15T01:00:00Z..2026-03-15T04:00:00Z, 2026-03-15T01:00:05Z..2026-03-15T04:00:05Z, 2026-03-15T01:05:00Z..2026-03-15T04:05:00Z
    D, hotline, 2026-03-15T09:00:00Z, , 2026-03-15T09:02:00Z
  limits: |
    subject, kind, value, effective_from, effective_to
    hotline_answer_rate, warning, 75, 2020-01-01, 2026-03-14
    hotline_answer_rate, warning, 90, 2026-03-15,
  expect:
  - {period: 2026-03-14, value: 80, state: normal}
  - {period: 2026-03-15, value: 80, state: warning}
---*/
SELECT
    span.period,
    ''                                                                                 AS site_id,
    count(*) FILTER (WHERE call.answered_at <= call.started_at + INTERVAL '20' SECOND) AS numerator,
    count(call.call_id)                                                                AS denominator,
    NULL                                                                               AS valid,
    NULL                                                                               AS expected
FROM span
LEFT JOIN call
    ON call.channel = 'hotline' AND call.ended_at >= span.starts_at AND call.ended_at < span.ends_at
GROUP BY span.period
