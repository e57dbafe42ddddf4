-- Tickets taken in the span by hall, window and clock hour: how many were called, the minutes they had waited together
-- and at most, how many missed their call, how many were rated, and their stars together.
SELECT
    hall_ticket.hall,
    hall_ticket."window",
    date_trunc('hour', hall_ticket.taken_at)                      AS hour,
    count(*)                                                      AS tickets,
    count(hall_ticket.called_at)                                  AS called,
    sum(epoch(hall_ticket.called_at - hall_ticket.taken_at) / 60) AS waited_min,
    max(epoch(hall_ticket.called_at - hall_ticket.taken_at) / 60) AS longest_min,
    count(*) FILTER (WHERE hall_ticket.state = 'missed')          AS missed,
    count(hall_ticket.rating)                                     AS rated,
    sum(hall_ticket.rating)::DOUBLE                               AS stars
FROM hall_ticket
JOIN span ON hall_ticket.taken_at >= span.starts_at AND hall_ticket.taken_at < span.ends_at
GROUP BY ALL
