-- What a zone was sold a day: the volume of its newest month that ended before the day, over that month's days. Where
-- that month ended more than 62 days ago nothing is known.
WITH months AS (
    SELECT
        site_id,
        month,
        (month + INTERVAL '1' MONTH)::DATE AS next_month,
        sum(volume_m3)                     AS volume_m3
    FROM sale
    GROUP BY site_id, month
)

SELECT
    months.site_id,
    needed_days.day,
    max_by(months.volume_m3 / (months.next_month - months.month), months.month) AS m3
FROM months
JOIN needed_days ON needed_days.day >= months.next_month AND needed_days.day - months.next_month < 62
GROUP BY months.site_id, needed_days.day
