-- Every item of every programme as last reported: how far it should have come by then if it went evenly, what is late; that first.
WITH told AS (
    SELECT
        action_item.*,
        moment.day AS today,
        least(1, greatest(
            0, date_diff('day', action_item.starts_on, action_item.day)
            / nullif(date_diff('day', action_item.starts_on, action_item.due_on), 0)
        ))         AS expected
    FROM action_item
    CROSS JOIN moment
),

stepped AS (
    SELECT
        item_id,
        programme,
        theme,
        title_zh,
        title_en,
        owner,
        starts_on,
        due_on,
        progress,
        expected,
        progress - expected                                             AS ahead,
        CASE WHEN progress < 1 THEN date_diff('day', today, due_on) END AS days_left,
        updated_at,
        CASE
            WHEN progress >= 1 THEN 'done'
            WHEN due_on < today THEN 'overdue'
            WHEN starts_on > today THEN 'to_come'
            WHEN round(progress, 2) < round(expected, 2) THEN 'behind' -- whole percents, as reports give
            ELSE 'on_track'
        END                                                             AS step
    FROM told
)

SELECT
    *,
    CASE step WHEN 'overdue' THEN 'alarm' WHEN 'behind' THEN 'warning' ELSE 'normal' END AS state
FROM stepped
ORDER BY state = 'alarm' DESC, state = 'warning' DESC, step = 'done' ASC, due_on ASC, item_id ASC
