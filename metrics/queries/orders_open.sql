-- Open work orders, those overdue first, then by when they are due; and those of the span that were closed too late.
SELECT
    work_order.order_id,
    work_order.kind,
    work_order.site_id,
    CASE
        WHEN work_order.closed_at IS NOT NULL THEN 'closed_late'
        WHEN work_order.due_at < span.ends_at THEN 'overdue'
        WHEN work_order.on_site_at IS NOT NULL THEN 'on_site'
        WHEN work_order.dispatched_at IS NOT NULL THEN 'dispatched'
        ELSE 'opened'
    END                                                                            AS step,
    work_order.opened_at,
    work_order.due_at,
    work_order.closed_at,
    epoch(coalesce(work_order.closed_at, span.ends_at) - work_order.due_at) / 3600 AS hours_late,
    work_order.call_id
FROM work_order
CROSS JOIN span
WHERE
    work_order.closed_at IS NULL
    OR (
        work_order.due_at >= span.starts_at AND work_order.due_at < span.ends_at
        AND work_order.closed_at > work_order.due_at
    )
ORDER BY (step = 'overdue') DESC, (step = 'closed_late') ASC, work_order.due_at ASC, work_order.order_id ASC
