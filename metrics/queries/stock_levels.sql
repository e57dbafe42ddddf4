-- Every item at the end of the span: what is in all stores (the last count and the moves since; never moved: 0), what is
-- used a day (issues less returns over the span, as far as moves are known), for how many days that lasts, the stock at
-- which to order (the safety stock and what is used until a delivery comes), and since when nothing went out (else since
-- it first came in).
WITH moves AS (
    SELECT
        stock_move.*,
        -- a count starts anew, whatever was booked before it
        sum(CASE WHEN stock_move.kind = 'count' THEN 1 ELSE 0 END) OVER (
            PARTITION BY stock_move.item_id, stock_move.warehouse ORDER BY stock_move.moved_at, stock_move.move_id
        ) AS counts
    FROM stock_move
    JOIN span ON stock_move.moved_at < span.ends_at
),

numbered AS (
    SELECT
        *,
        max(counts) OVER (PARTITION BY item_id, warehouse) AS last_count,
        min(moved_at) OVER ()                              AS known_from
    FROM moves
),

known AS (
    SELECT
        numbered.item_id,
        sum(numbered.quantity) FILTER (WHERE numbered.counts = numbered.last_count)           AS stock,
        coalesce(max(numbered.day) FILTER (WHERE numbered.kind = 'issue'), min(numbered.day)) AS still_since,
        coalesce(-sum(numbered.quantity) FILTER (
            WHERE numbered.kind IN ('issue', 'return') AND numbered.moved_at >= span.starts_at
        ), 0) / any_value(
            date_diff('second', greatest(span.starts_at, numbered.known_from), span.ends_at) / 86400
        )                                                                                     AS used_a_day
    FROM numbered
    CROSS JOIN span
    GROUP BY numbered.item_id
),

told AS (
    SELECT
        stock_item.item_id,
        stock_item.name_zh,
        stock_item.category,
        stock_item.unit,
        stock_item.critical,
        coalesce(known.stock, 0)                                                                         AS stock,
        stock_item.safety_stock,
        stock_item.lead_time_days,
        stock_item.unit_cost_cny,
        nullif(greatest(known.used_a_day, 0), 0)                                                         AS used_a_day,
        known.still_since,
        stock_item.safety_stock + coalesce(greatest(known.used_a_day, 0), 0) * stock_item.lead_time_days AS reorder_at
    FROM stock_item
    LEFT JOIN known ON known.item_id = stock_item.item_id
)

SELECT
    told.*,
    told.stock / told.used_a_day                                                       AS days_left,
    ceil(greatest(told.reorder_at - told.stock, 0))                                    AS short_by,
    told.stock * told.unit_cost_cny                                                    AS value_cny,
    told.stock < told.safety_stock                                                     AS is_below_safety,
    told.stock <= told.reorder_at AND told.reorder_at > 0                              AS is_to_order,
    date_diff('day', told.still_since, span.last_day)                                  AS idle_days,
    told.stock > 0 AND date_diff('day', told.still_since, span.last_day) >= idle.value AS is_idle,
    CASE
        WHEN told.stock < told.safety_stock AND told.critical THEN 'alarm'
        WHEN told.stock < told.safety_stock THEN 'warning'
        ELSE 'normal'
    END                                                                                AS state
FROM told
CROSS JOIN span
LEFT JOIN parameter AS idle
    ON idle.subject = 'idle_stock' AND idle.site_id = ''
    AND span.last_day BETWEEN coalesce(idle.from_day, span.last_day) AND coalesce(idle.to_day, span.last_day)
ORDER BY is_below_safety DESC, told.critical DESC, days_left ASC NULLS LAST, told.item_id ASC
