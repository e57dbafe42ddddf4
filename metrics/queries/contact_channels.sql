-- Contacts by channel in the span, in as long a time before it, and in the same time 52 weeks earlier. A ticket of a hall
-- is a contact of channel hall. NULL where the channel has no row from before the end of that time.
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

windows AS (
    SELECT
        starts_at,
        ends_at,
        starts_at - (ends_at - starts_at) AS before_at,
        starts_at - INTERVAL '364' DAY    AS year_starts_at,
        ends_at - INTERVAL '364' DAY      AS year_ends_at
    FROM span
),

counted AS (
    SELECT
        contacts.channel,
        min(contacts.started_at)
            AS first_at,
        count(*) FILTER (WHERE contacts.started_at >= windows.starts_at AND contacts.started_at < windows.ends_at)
            AS contacts,
        count(*) FILTER (WHERE contacts.started_at >= windows.before_at AND contacts.started_at < windows.starts_at)
            AS previous,
        count(*) FILTER (
            WHERE contacts.started_at >= windows.year_starts_at AND contacts.started_at < windows.year_ends_at
        )
            AS last_year
    FROM contacts
    CROSS JOIN windows
    GROUP BY contacts.channel
)

SELECT
    counted.channel,
    counted.contacts,
    100 * counted.contacts / nullif(sum(counted.contacts) OVER (), 0)               AS share,
    CASE WHEN counted.first_at <= windows.before_at THEN counted.previous END       AS previous,
    CASE WHEN counted.first_at <= windows.year_starts_at THEN counted.last_year END AS last_year
FROM counted
CROSS JOIN windows
ORDER BY counted.contacts DESC, counted.channel ASC
