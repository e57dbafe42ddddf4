-- Every move of the span, newest first, with the stock of the item in that store after it.
WITH counted AS (
    SELECT
        *,
        sum(CASE WHEN kind = 'count' THEN 1 ELSE 0 END) OVER (
            PARTITION BY item_id, warehouse ORDER BY moved_at, move_id
        ) AS counts
    FROM stock_move
),

balances AS (
    SELECT
        *,
        sum(quantity) OVER (PARTITION BY item_id, warehouse, counts ORDER BY moved_at, move_id) AS stock
    FROM counted
)

SELECT
    balances.moved_at,
    balances.item_id,
    stock_item.name_zh,
    balances.warehouse,
    balances.kind,
    balances.quantity,
    stock_item.unit,
    balances.stock,
    balances.order_id,
    balances.move_id
FROM balances
JOIN span ON balances.moved_at >= span.starts_at AND balances.moved_at < span.ends_at
LEFT JOIN stock_item ON stock_item.item_id = balances.item_id
ORDER BY balances.moved_at DESC, balances.move_id DESC
