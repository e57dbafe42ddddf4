-- Work orders by kind: due in the span and done in time (as indicator work_order_on_time counts), how long they took, and
-- what is open and overdue at the moment.
WITH kinds AS (
    SELECT
        work_order.kind,
        count(*) FILTER (WHERE work_order.due_at >= span.starts_at AND work_order.due_at < span.ends_at) AS due,
        count(*) FILTER (
            WHERE work_order.due_at >= span.starts_at AND work_order.due_at < span.ends_at
            AND work_order.closed_at <= work_order.due_at
        )                                                                                                AS in_time,
        median(epoch(work_order.closed_at - work_order.opened_at) / 3600) FILTER (
            WHERE work_order.closed_at >= span.starts_at
        )                                                                                                AS hours_taken,
        count(*) FILTER (WHERE work_order.closed_at IS NULL)                                             AS open,
        count(*) FILTER (WHERE work_order.closed_at IS NULL AND work_order.due_at < span.ends_at)        AS overdue,
        avg(work_order.satisfaction) FILTER (WHERE work_order.closed_at >= span.starts_at)               AS satisfaction
    FROM work_order
    CROSS JOIN span
    GROUP BY work_order.kind
)

SELECT
    *,
    100 * in_time / nullif(due, 0) AS in_time_share
FROM kinds
WHERE due > 0 OR open > 0
ORDER BY overdue DESC, kind ASC
