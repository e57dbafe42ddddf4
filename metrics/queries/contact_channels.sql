-- Contacts of the span by channel; a ticket of a hall is a contact of channel hall. is_whole: what the lake has of the
-- channel reaches back to the start of the span.
WITH contacts AS (
    SELECT
        channel,
        started_at
    FROM call
    UNION ALL
    SELECT
        'hall'   AS channel,
        taken_at AS started_at
    FROM hall_ticket
),

counted AS (
    SELECT
        contacts.channel,
        count(*) FILTER (
            WHERE contacts.started_at >= span.starts_at AND contacts.started_at < span.ends_at
        )                                                     AS contacts,
        min(contacts.started_at) <= any_value(span.starts_at) AS is_whole
    FROM contacts
    CROSS JOIN span
    GROUP BY contacts.channel
)

SELECT
    channel,
    contacts,
    100 * contacts / nullif(sum(contacts) OVER (), 0) AS share,
    is_whole
FROM counted
ORDER BY contacts DESC, channel ASC
