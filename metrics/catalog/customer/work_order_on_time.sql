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
formula: orders closed by their due time ÷ orders due
standard: published service commitments
example:
# alarm: O1 closed exactly when due, O2 a minute later, O3 still open: 1 of 3
- as_of: 2026-03-15T08:20Z
  work_order: |
    order_id, opened_at, closed_at, due_at
    O1, 2026-03-10T00:00Z, 2026-03-12T00:00Z, 2026-03-12T00:00Z
    O2, 2026-03-10T00:00Z, 2026-03-12T00:01Z, 2026-03-12T00:00Z
    O3, 2026-03-10T00:00Z, , 2026-03-12T00:00Z
  expect: {period: 2026-03-15, numerator: 1, denominator: 3, value: 33.33, state: alarm}
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
