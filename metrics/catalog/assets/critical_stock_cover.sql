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
formula: critical items with stock ≥ safety stock ÷ critical items
standard: house default
example:
# alarm: A has 10 (received) + 5 (counted elsewhere) of 15, B never moved: 1 of 2
- as_of: 2026-03-15T08:20Z
  stock_item: |
    item_id, critical, safety_stock
    A, true, 15
    B, true, 1
  stock_move: |
    move_id, item_id, warehouse, moved_at, kind, quantity
    1, A, north, 2026-03-01T00:00Z, receipt, 10
    2, A, south, 2026-03-01T00:00Z, receipt, 90
    3, A, south, 2026-03-02T00:00Z, count, 5
  expect: {period: 2026-03-15, numerator: 1, denominator: 2, value: 50, state: alarm}
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
