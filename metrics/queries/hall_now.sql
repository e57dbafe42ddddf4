-- Each hall at the moment: tickets of the business day that wait, the longest wait, those being served, those done.
SELECT
    hall_ticket.hall,
    count(*) FILTER (WHERE hall_ticket.state = 'waiting' AND hall_ticket.called_at IS NULL) AS waiting,
    max(epoch(moment.as_of - hall_ticket.taken_at) / 60) FILTER (
        WHERE hall_ticket.state = 'waiting' AND hall_ticket.called_at IS NULL
    )                                                                                       AS longest_wait_min,
    count(*) FILTER (
        WHERE hall_ticket.called_at IS NOT NULL AND hall_ticket.finished_at IS NULL
        AND hall_ticket.state NOT IN ('missed', 'cancelled')
    )                                                                                       AS at_window,
    count(*)                                                                                AS taken,
    count(*) FILTER (WHERE hall_ticket.finished_at IS NOT NULL)                             AS served
FROM hall_ticket
JOIN moment ON hall_ticket.day = moment.day
GROUP BY hall_ticket.hall
ORDER BY waiting DESC, hall_ticket.hall ASC
