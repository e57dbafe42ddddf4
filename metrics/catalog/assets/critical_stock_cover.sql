/*---
name: {zh: 关键物资保障率, en: Critical stock cover}
question: {zh: 抢修要用的关键物资都够吗？, en: Are the critical materials in stock?}
definition: {zh: 各仓库合计库存不低于安全库存的关键物资种类占比, en: Share of the critical items whose stock over all warehouses reaches the safety stock}
caveat: {zh: 库存为最近一次盘点加其后的出入库；没有出入库记录的计为零, en: Stock is the last count and the moves since; an item that never moved has none}
unit: "%"
direction: up
period: day
shows: current
window: now
aggregate: last
tile: 18
short: {zh: 物资保障率, en: Stock cover}
owner: 物资仓储部
formula: {zh: 库存不低于安全库存的关键物资 ÷ 全部关键物资, en: critical items with stock ≥ safety stock ÷ critical items}
standard: house default
example:
# normal: A: north 10 − 4 = 6, south 90 booked, but counted 5, then 4 more: 9; 6 + 9 = 15 of 15. B: counted 3 and issued 3
# at one moment (in the order of their numbers): 0 of 0. C isn't critical. 2 of 2
- as_of: 2026-03-15T08:20Z
  stock_item: &items |
    item_id, critical, safety_stock
    A, true, 15
    B, true, 0
    C, false, 100
  stock_move: &moves |
    move_id, item_id, warehouse, moved_at, kind, quantity
    1, A, north, 2026-03-01T00:00Z, receipt, 10
    2, A, south, 2026-03-01T00:00Z, receipt, 90
    3, A, south, 2026-03-02T00:00Z, count, 5
    4, A, south, 2026-03-03T00:00Z, return, 4
    5, A, north, 2026-03-14T12:00Z, issue, -4
    6, B, north, 2026-03-02T00:00Z, count, 3
    7, B, north, 2026-03-02T00:00Z, issue, -3
    8, A, north, 2026-03-15T08:20Z, issue, -1
    9, A, south, 2026-03-16T00:00Z, issue, -1
  expect: {period: 2026-03-15, numerator: 2, denominator: 2, valid: null, expected: null, value: 100, state: normal, reason: null}
# alarm: B wants 1 and gets its first at that very moment, too late to count: 1 of 2
- as_of: 2026-03-15T08:20Z
  stock_item: |
    item_id, critical, safety_stock
    A, true, 15
    B, true, 1
  stock_move: |
    move_id, item_id, warehouse, moved_at, kind, quantity
    1, A, north, 2026-03-01T00:00Z, receipt, 15
    2, B, north, 2026-03-15T08:20Z, receipt, 5
  expect: {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm, partial: false}
# warning: 24 items that never moved and want none, 1 that wants one: 24 of 25 = 96 %
- as_of: 2026-03-15T08:20Z
  stock_item: &many |
    item_id, critical, safety_stock
    A01, true, 0
    A02, true, 0
    A03, true, 0
    A04, true, 0
    A05, true, 0
    A06, true, 0
    A07, true, 0
    A08, true, 0
    A09, true, 0
    A10, true, 0
    A11, true, 0
    A12, true, 0
    A13, true, 0
    A14, true, 0
    A15, true, 0
    A16, true, 0
    A17, true, 0
    A18, true, 0
    A19, true, 0
    A20, true, 0
    A21, true, 0
    A22, true, 0
    A23, true, 0
    A24, true, 0
    B, true, 1
  stock_move: &one |
    move_id, item_id, warehouse, moved_at, kind, quantity
    1, C, north, 2026-03-01T00:00Z, receipt, 10
  expect: {period: 2026-03-15, numerator: 24, denominator: 25, value: 96, state: warning, gap: -2}
# empty: nothing was ever entered; and no critical item
- as_of: 2026-03-15T08:20Z
  stock_item: *items
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
- as_of: 2026-03-15T08:20Z
  stock_item: |
    item_id, critical, safety_stock
    C, false, 100
  stock_move: *one
  expect: {period: 2026-03-15, numerator: 0, denominator: 0, value: null, state: normal, reason: no_events}
# ten past midnight in Shanghai (16:10 UTC) the 15th has closed: its end saw the issue of 08:20 UTC, 14 of 15 are left of A;
# the 14th ended, at 16:00 UTC, with 6 + 9 = 15
- timezone: Asia/Shanghai
  as_of: 2026-03-15T16:10Z
  stock_item: *items
  stock_move: *moves
  expect:
  - {period: 2026-03-14, numerator: 2, denominator: 2, state: normal}
  - {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm}
  - {period: 2026-03-16, numerator: 1, denominator: 2, value: 50}
# a limit that changed on the 15th: the warning 95 → 98 %
- stock_item: *many
  stock_move: *one
  limits: |
    subject, kind, value, effective_from, effective_to
    critical_stock_cover, warning, 95, 2020-01-01, 2026-03-14
    critical_stock_cover, warning, 98, 2026-03-15,
  expect:
  - {period: 2026-03-14, value: 96, state: normal}
  - {period: 2026-03-15, value: 96, state: warning}
---*/
WITH moves AS (
    SELECT
        item_id,
        warehouse,
        move_id,
        moved_at,
        quantity,
        -- a count starts anew, whatever was booked before it
        sum(CASE WHEN kind = 'count' THEN 1 ELSE 0 END) OVER (
            PARTITION BY item_id, warehouse ORDER BY moved_at, move_id
        ) AS counts
    FROM stock_move
),

balances AS (
    SELECT
        item_id,
        moved_at,
        sum(quantity) OVER (PARTITION BY item_id, warehouse, counts ORDER BY moved_at, move_id) AS stock,
        lead(moved_at) OVER (PARTITION BY item_id, warehouse ORDER BY moved_at, move_id)        AS next_at
    FROM moves
),

stocks AS (
    SELECT
        span.period,
        balances.item_id,
        sum(balances.stock) AS stock
    FROM span
    JOIN balances
        ON balances.moved_at < span.ends_at
        AND (balances.next_at IS NULL OR balances.next_at >= span.ends_at)
    GROUP BY span.period, balances.item_id
)

SELECT
    span.period,
    ''                                                                           AS site_id,
    count(*) FILTER (WHERE coalesce(stocks.stock, 0) >= stock_item.safety_stock) AS numerator,
    count(stock_item.item_id)                                                    AS denominator,
    NULL                                                                         AS valid,
    NULL                                                                         AS expected
FROM span
LEFT JOIN stock_item ON stock_item.critical
LEFT JOIN stocks ON stocks.period = span.period AND stocks.item_id = stock_item.item_id
GROUP BY span.period
