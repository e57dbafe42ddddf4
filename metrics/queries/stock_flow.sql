-- What came into the stores and went out of them, by day of the span and kind of move; value where the cost is known.
-- A count is no flow. is_whole: the lake's moves reach back to the start of the span.
SELECT
    stock_move.day,
    stock_move.kind,
    count(*)                                                                           AS moves,
    sum(stock_move.quantity * stock_item.unit_cost_cny)                                AS value_cny,
    any_value(span.starts_at >= (SELECT min(first.moved_at) FROM stock_move AS first)) AS is_whole
FROM stock_move
JOIN span ON stock_move.moved_at >= span.starts_at AND stock_move.moved_at < span.ends_at
JOIN stock_item ON stock_item.item_id = stock_move.item_id
WHERE stock_move.kind <> 'count'
GROUP BY stock_move.day, stock_move.kind
ORDER BY stock_move.day ASC, stock_move.kind ASC
