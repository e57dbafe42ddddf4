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
formula: calls answered ≤ 20 s after they started ÷ calls ended
standard: published service commitments
example:
# normal: of 10 calls 9 are answered after exactly 20 s, 1 after 21 s: 90 %, which isn't under 90
- call: |
    call_id, channel, started_at, answered_at, ended_at
    C0, hotline, 2026-03-15T00:00:00Z, 2026-03-15T00:00:21Z, 2026-03-15T00:03:00Z
    C1, hotline, 2026-03-15T01:00:00Z, 2026-03-15T01:00:20Z, 2026-03-15T01:03:00Z
    C2, hotline, 2026-03-15T02:00:00Z, 2026-03-15T02:00:20Z, 2026-03-15T02:03:00Z
    C3, hotline, 2026-03-15T03:00:00Z, 2026-03-15T03:00:20Z, 2026-03-15T03:03:00Z
    C4, hotline, 2026-03-15T04:00:00Z, 2026-03-15T04:00:20Z, 2026-03-15T04:03:00Z
    C5, hotline, 2026-03-15T05:00:00Z, 2026-03-15T05:00:20Z, 2026-03-15T05:03:00Z
    C6, hotline, 2026-03-15T06:00:00Z, 2026-03-15T06:00:20Z, 2026-03-15T06:03:00Z
    C7, hotline, 2026-03-15T07:00:00Z, 2026-03-15T07:00:20Z, 2026-03-15T07:03:00Z
    C8, hotline, 2026-03-15T08:00:00Z, 2026-03-15T08:00:20Z, 2026-03-15T08:03:00Z
    C9, hotline, 2026-03-15T09:00:00Z, 2026-03-15T09:00:20Z, 2026-03-15T09:03:00Z
  expect: {period: 2026-03-15, numerator: 9, denominator: 10, value: 90, state: normal}
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
