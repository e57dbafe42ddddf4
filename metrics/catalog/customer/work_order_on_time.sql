/*---
name: {zh: 工单按时办结率, en: Work orders on time}
question: {zh: 答应用户的事，近 30 天按时办完了吗？, en: Was what we promised done in time in the last 30 days?}
definition: {zh: 近 30 天到期的工单中按时办结的占比（到期未办结计为失败）, en: Share of the orders due in the last 30 days that were closed in time (open and past due is a failure)}
caveat: {zh: 办结以系统关闭时间为准, en: An order is done when the system closes it}
unit: "%"
direction: up
period: day
shows: current
window: 30 days
aggregate: last
tile: 16
short: {zh: 工单按时率, en: Orders on time}
owner: 客户服务部
formula: {zh: 按期办结的工单 ÷ 到期的工单, en: orders closed by their due time ÷ orders due}
standard: published service commitments
example:
# normal: at 08:20 on the 15th the window begins at 08:20 on 13 February: 49 orders closed exactly when due, one of them due
# exactly then, 1 a minute late: 49 of 50 = 98 %, which isn't under 98. Orders due before or later don't count
- as_of: 2026-03-15T08:20Z
  work_order: |
    order_id, opened_at, closed_at, due_at
    A, 2026-02-10T00:00Z, 2026-02-13T08:20Z, 2026-02-13T08:20Z
    B, 2026-03-01T00:00Z..2026-03-02T23:00Z, 2026-03-05T00:00Z..2026-03-06T23:00Z, 2026-03-05T00:00Z..2026-03-06T23:00Z
    C, 2026-03-10T00:00Z, 2026-03-12T00:01Z, 2026-03-12T00:00Z
    D, 2026-02-10T00:00Z, , 2026-02-13T08:19Z
    E, 2026-03-14T00:00Z, , 2026-03-15T08:20Z
    F, 2026-03-14T00:00Z, 2026-03-15T08:00Z, 2026-03-20T00:00Z
  expect: {period: 2026-03-15, numerator: 49, denominator: 50, valid: null, expected: null, validity: 1, value: 98, state: normal, reason: null}
# warning: 24 closed in time and 1 that is still open and past due: 24 of 25 = 96 %
- as_of: 2026-03-15T08:20Z
  work_order: &late |
    order_id, opened_at, closed_at, due_at
    A, 2026-03-01T00:00Z..2026-03-01T23:00Z, 2026-03-04T00:00Z..2026-03-04T23:00Z, 2026-03-05T00:00Z..2026-03-05T23:00Z
    B, 2026-03-10T00:00Z, , 2026-03-12T00:00Z
  expect: {period: 2026-03-15, numerator: 24, denominator: 25, value: 96, state: warning, gap: -2}
# alarm: 1 of 3
- as_of: 2026-03-15T08:20Z
  work_order: |
    order_id, opened_at, closed_at, due_at
    A, 2026-03-10T00:00Z, 2026-03-11T00:00Z, 2026-03-12T00:00Z
    B, 2026-03-10T00:00Z, 2026-03-13T00:00Z, 2026-03-12T00:00Z
    C, 2026-03-10T00:00Z, , 2026-03-12T00:00Z
  expect: {period: 2026-03-15, numerator: 1, denominator: 3, value: 33.33, state: alarm, partial: false}
# empty: no order of any time; and none due in these 30 days
- as_of: 2026-03-15T08:20Z
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
- as_of: 2026-05-15T08:20Z
  work_order: *late
  expect: {period: 2026-05-15, numerator: 0, denominator: 0, value: null, state: normal, reason: no_events}
# just after midnight in Shanghai the running window ends at 00:10, with what fell due at 00:05; the day that closed ends at
# 00:00 and begins 30 days before, at midnight of 13 February
- timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  work_order: |
    order_id, opened_at, closed_at, due_at
    A, 2026-02-10T00:00Z, 2026-02-11T00:00Z, 2026-02-12T16:00Z
    B, 2026-02-10T00:00Z, , 2026-02-12T15:59Z
    C, 2026-03-10T00:00Z, 2026-03-11T00:00Z, 2026-03-12T00:00Z
    D, 2026-03-14T00:00Z, , 2026-03-14T16:05Z
  expect:
  - {period: 2026-03-14, numerator: 2, denominator: 2, value: 100, state: normal}
  - {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm}
# a limit that changed on the 15th, 95 → 98 %: 24 of 25 on both days
- work_order: *late
  limits: |
    subject, kind, value, effective_from, effective_to
    work_order_on_time, warning, 95, 2020-01-01, 2026-03-14
    work_order_on_time, warning, 98, 2026-03-15,
  expect:
  - {period: 2026-03-14, value: 96, state: normal}
  - {period: 2026-03-15, value: 96, state: warning}
---*/
SELECT
    span.period,
    ''                                                                AS site_id,
    count(*) FILTER (WHERE work_order.closed_at <= work_order.due_at) AS numerator,
    count(work_order.order_id)                                        AS denominator,
    NULL                                                              AS valid,
    NULL                                                              AS expected
FROM span
LEFT JOIN work_order ON work_order.due_at >= span.starts_at AND work_order.due_at < span.ends_at
GROUP BY span.period
