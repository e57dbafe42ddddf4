/*---
name: {zh: 出水达标率, en: Effluent compliance}
question: {zh: 过去 24 小时，污水厂出水达标吗？, en: Did the treatment works' effluent keep its limits in the last 24 hours?}
definition: {zh: 出水各项目 24 小时均值（有流量的按流量加权）全部达到许可限值的污水厂占比；均值超限即报警，接近限值即预警, en: "Share of the works whose 24-hour means (weighted by flow where it is measured) of all effluent quantities keep the permit; a mean beyond its limit is an alarm, one near it a warning"}
caveat: {zh: 超限项目不足 12 个有效小时的只作预警；只含在线监测的项目, en: Beyond a limit with under 12 valid hours is only a warning; only what is measured online}
unit: "%"
direction: up
period: day
shows: current
window: 24 h
aggregate: sum
tile: 12
short: {zh: 出水达标率, en: Effluent kept}
owner: 污水处理部
formula: works whose means keep every limit ÷ works with data
standard: DB33/2169-2018, GB 18918-2002, whichever the permit names
example:
# normal: COD 20 of 40 in all 24 hours, ammonia 1 of 2
- points: &points |
    point_id, site_id, site_kind, quantity, role, medium
    C, W1, wwtp, cod, effluent, effluent
    N, W1, wwtp, ammonia_nitrogen, effluent, effluent
  point_limit: &limit |
    point_id, day, max, warning_max
    C, 2026-03-15, 40, 32
    N, 2026-03-15, 2, 1.6
  hourly: |
    point_id, hour, mean, is_valid
    C, 2026-03-15T00:00Z..2026-03-15T23:00Z, 20, true
    N, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, true
  expect: {period: 2026-03-15, numerator: 1, denominator: 1, valid: 48, expected: 48, value: 100, state: normal}
---*/
-- the days a window touches: equal days are found fast, hours between two moments are not
WITH days AS (
    SELECT
        *,
        first_day AS day
    FROM span
    UNION
    SELECT
        *,
        last_day AS day
    FROM span
),

-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
meters AS (
    SELECT
        point_id,
        site_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'wwtp' AND role = 'effluent' AND quantity IN ('flow', 'volume')
),

flows AS (
    SELECT
        days.period,
        meters.site_id,
        hourly.hour,
        sum(hourly.mean) AS m3h
    FROM days
    JOIN hourly
        ON hourly.day = days.day AND hourly.is_valid
        AND hourly.hour >= days.starts_at AND hourly.hour < days.ends_at
    JOIN meters ON meters.point_id = hourly.point_id AND meters.quantity = meters.best
    GROUP BY days.period, meters.site_id, hourly.hour
),

usual AS (
    SELECT
        period,
        site_id,
        avg(m3h) AS m3h
    FROM flows
    GROUP BY period, site_id
),

-- the limits of the period's day judge the whole window
limited AS (
    SELECT
        span.period,
        span.hours,
        points.site_id,
        points.point_id,
        point_limit.min AS lowest,
        point_limit.max AS highest,
        point_limit.warning_min,
        point_limit.warning_max
    FROM span
    JOIN point_limit
        ON point_limit.day = span.period AND (point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL)
    JOIN points
        ON points.point_id = point_limit.point_id AND points.medium = 'effluent' AND points.site_kind = 'wwtp'
),

hours AS (
    SELECT
        limited.period,
        limited.point_id,
        hourly.mean,
        -- an hour whose flow is missing weighs as much as the others do on average
        coalesce(flows.m3h, usual.m3h, 1) AS weight
    FROM limited
    JOIN days ON days.period = limited.period
    JOIN hourly
        ON hourly.point_id = limited.point_id AND hourly.day = days.day AND hourly.is_valid
        AND hourly.hour >= days.starts_at AND hourly.hour < days.ends_at
    LEFT JOIN flows
        ON flows.period = limited.period AND flows.site_id = limited.site_id AND flows.hour = hourly.hour
    LEFT JOIN usual ON usual.period = limited.period AND usual.site_id = limited.site_id
),

means AS (
    SELECT
        period,
        point_id,
        count(*)                                                         AS valid,
        coalesce(sum(mean * weight) / nullif(sum(weight), 0), avg(mean)) AS mean
    FROM hours
    GROUP BY period, point_id
),

verdicts AS (
    SELECT
        limited.period,
        limited.site_id,
        limited.hours,
        coalesce(means.valid, 0)                                                              AS valid,
        coalesce(means.mean < limited.lowest OR means.mean > limited.highest, FALSE)          AS is_over,
        coalesce(means.mean < limited.warning_min OR means.mean > limited.warning_max, FALSE) AS is_early
    FROM limited
    LEFT JOIN means ON means.period = limited.period AND means.point_id = limited.point_id
)

SELECT
    period,
    site_id,
    CASE WHEN sum(valid) = 0 THEN NULL WHEN bool_or(is_over) THEN 0 ELSE 1 END                   AS numerator,
    CASE WHEN sum(valid) = 0 THEN 0 ELSE 1 END                                                   AS denominator,
    sum(valid)                                                                                   AS valid,
    sum(hours)                                                                                   AS expected,
    CASE
        WHEN bool_or(is_over AND valid >= 12) THEN 'alarm'
        WHEN bool_or(is_over OR is_early) THEN 'warning'
    END                                                                                          AS floor_state,
    CASE WHEN bool_or(is_over) THEN 'over_limit' WHEN bool_or(is_early) THEN 'early_warning' END AS floor_reason
FROM verdicts
GROUP BY period, site_id
