-- Limits resolved: of each point and day the most specific row (point, site, all) that holds on that day, in that season
-- and, where it has a condition, at that day's mean of the other quantity at the site; a row whose condition holds goes
-- before one without, and unknown means that it does not hold. An early warning without a row of its own is
-- warning_share of the max.
WITH conditions AS (
    SELECT
        daily.site_id,
        daily.day,
        daily.quantity,
        avg(daily.mean) AS mean
    FROM daily
    WHERE daily.quantity IN (SELECT limits.when_quantity FROM limits)
    GROUP BY daily.site_id, daily.day, daily.quantity
),

candidates AS (
    SELECT
        points.point_id,
        needed_days.day,
        limits.kind,
        limits.value,
        CASE WHEN limits.point_id IS NOT NULL THEN 4 WHEN limits.site_id IS NOT NULL THEN 2 ELSE 0 END
        + CASE WHEN limits.when_quantity IS NOT NULL THEN 1 ELSE 0 END AS specificity
    FROM limits
    JOIN points
        ON points.quantity = limits.subject AND points.medium IS NOT DISTINCT FROM limits.medium
        AND coalesce(limits.site_id, points.site_id) = points.site_id
        AND coalesce(limits.point_id, points.point_id) = points.point_id
    JOIN needed_days
        ON needed_days.day >= coalesce(limits.effective_from, needed_days.day)
        AND needed_days.day <= coalesce(limits.effective_to, needed_days.day)
    LEFT JOIN conditions
        ON conditions.site_id = points.site_id AND conditions.day = needed_days.day
        AND conditions.quantity = limits.when_quantity
    WHERE
        limits.kind IN ('min', 'max', 'warning_min', 'warning_max', 'warning_share')
        AND (limits.when_quantity IS NULL OR conditions.mean <= limits.when_max)
        AND (
            limits.season_from IS NULL
            OR (
                limits.season_from <= limits.season_to
                AND strftime(needed_days.day, '%m-%d') BETWEEN limits.season_from AND limits.season_to
            )
            -- a season that runs over New Year
            OR (
                limits.season_from > limits.season_to
                AND (
                    strftime(needed_days.day, '%m-%d') >= limits.season_from
                    OR strftime(needed_days.day, '%m-%d') <= limits.season_to
                )
            )
        )
),

resolved AS (
    SELECT
        point_id,
        day,
        max_by(value, specificity) FILTER (WHERE kind = 'min')           AS min,
        max_by(value, specificity) FILTER (WHERE kind = 'max')           AS max,
        max_by(value, specificity) FILTER (WHERE kind = 'warning_min')   AS warning_min,
        max_by(value, specificity) FILTER (WHERE kind = 'warning_max')   AS warning_max,
        max_by(value, specificity) FILTER (WHERE kind = 'warning_share') AS warning_share
    FROM candidates
    GROUP BY point_id, day
)

SELECT
    point_id,
    day,
    min,
    max,
    warning_min,
    coalesce(warning_max, warning_share * max) AS warning_max
FROM resolved
WHERE coalesce(min, max, warning_min, warning_max) IS NOT NULL
