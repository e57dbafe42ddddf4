/*---
name: {zh: 日供水量偏差, en: Supply against forecast}
question: {zh: 昨天的供水量在预料之中吗？, en: Was yesterday's supply what was to be expected?}
definition: {zh: 当日出厂水量与当日开始前最后一次预测中位数之差占该中位数的比例，按预测区间判定, en: "What left the works on the day less the median of the forecast last issued before it began, in % of that median; judged by the forecast's own quantiles"}
caveat: {zh: 须有需水预测；任一水厂出厂流量计当日数据不足则不计, en: Needs a demand forecast; one works' meter without a valid day leaves it unknown}
unit: "%"
direction: band
period: day
shows: closed
aggregate: last
tile: 3
short: {zh: 日供水量偏差, en: Supply deviation}
beside: {zh: 日供水量, en: Supplied, unit: 万m³}
owner: 制水部
formula: {zh: (水量 − 预测中位数) ÷ 预测中位数；界限 P10–P90 与 P2.5–P97.5 按同样的 % 算, en: (volume − median forecast) ÷ median forecast; thresholds P10–P90 and P2.5–P97.5 in the same %}
standard: house default
example:
# normal: flow 60 000 + volume 43 000 (works V has no flow meter) = 103 000 against a median of 100 000: 3 %; P10–P90 is
# 95 000 to 106 000: −5 % to 6 %; P2.5–P97.5 90 000 to 112 000: −10 % to 12 %. Later and older issues, other models, series,
# days and points don't count. 24 + 20 hours valid of 48
- sites: &sites |
    site_id, kind
    N, network
    Z, zone
    W, works
    V, works
    S, source
  points: &points |
    point_id, site_id, quantity, role
    F, W, flow, finished
    T, W, volume, finished
    C, W, codmn, finished
    U, V, volume, finished
    R, V, flow, raw
    Q, S, flow, finished
  forecast: &forecast |
    series, model, issued_at, valid_at, quantile, value
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.025, 90000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.1, 95000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.5, 100000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.9, 106000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.975, 112000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.99, 130000
    N/demand/day, shown, 2026-03-14T20:00Z, 2026-03-16T00:00Z, 0.5, 110000
    N/demand/day, shown, 2026-03-15T00:00Z, 2026-03-15T00:00Z, 0.5, 120000
    N/demand/day, shown, 2026-03-13T20:00Z, 2026-03-15T00:00Z, 0.5, 130000
    N/demand/day, mstl, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.5, 110000
    N/demand/day, mstl, 2026-03-14T21:00Z, 2026-03-15T00:00Z, 0.5, 110000
    N/demand, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.5, 500000
    Z/demand/day, shown, 2026-03-14T20:00Z, 2026-03-15T00:00Z, 0.5, 700000
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-14, 50000, 24, true
    F, 2026-03-15, 60000, 24, true
    T, 2026-03-15, 61000, 24, true
    C, 2026-03-15, 1, 24, true
    U, 2026-03-15, 43000, 20, true
    R, 2026-03-15, 48000, 24, true
    Q, 2026-03-15, 48000, 24, true
  expect:
  - {period: 2026-03-15, numerator: 3000, denominator: 100000, valid: 44, expected: 48, value: 3, state: normal, reason: null, beside: 10.3, warning_low: -5, warning_high: 6, alarm_low: -10, alarm_high: 12, target: 0, gap: 3}
# warning: 66 000 + 43 000 = 109 000: 9 %, above P90 (6 %), inside P97.5 (12 %)
- sites: *sites
  points: *points
  forecast: *forecast
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-15, 66000, 24, true
    U, 2026-03-15, 43000, 24, true
  expect: {period: 2026-03-15, numerator: 9000, value: 9, state: warning, beside: 10.9}
# alarm: 48 000 + 41 000 = 89 000: −11 %, below P2.5 (−10 %)
- sites: *sites
  points: *points
  forecast: *forecast
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-15, 48000, 24, true
    U, 2026-03-15, 41000, 24, true
  expect: {period: 2026-03-15, numerator: -11000, value: -11, state: alarm, partial: false}
# no forecast: the volume still stands beside the unknown value; the day before there was no forecast either, and its
# own volume (50 000 + 30 000)
- sites: *sites
  points: *points
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-14, 50000, 24, true
    U, 2026-03-14, 30000, 24, true
    F, 2026-03-15, 60000, 24, true
    U, 2026-03-15, 43000, 24, true
  expect:
  - {period: 2026-03-14, value: null, state: unknown, reason: no_forecast, beside: 8}
  - {period: 2026-03-15, value: null, state: unknown, reason: no_forecast, beside: 10.3, target: null}
# empty: no reading of any time
- sites: *sites
  points: *points
  forecast: *forecast
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source, beside: null}
# just after midnight: at 00:10 the 15th has closed, the forecasts last issued before each day began are used (of 15 and
# 16 March 100 000 and 110 000): on the 16th 99 000 + 22 000 = 121 000 is 10 % above
- as_of: 2026-03-17T00:10Z
  sites: *sites
  points: *points
  forecast: *forecast
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-15, 60000, 24, true
    U, 2026-03-15, 43000, 24, true
    F, 2026-03-16, 99000, 24, true
    U, 2026-03-16, 22000, 24, true
  expect:
  - {period: 2026-03-15, numerator: 3000, denominator: 100000, value: 3}
  - {period: 2026-03-16, numerator: 11000, denominator: 110000, value: 10, beside: 12.1, warning_low: null}
# too few: 6 hours in a row are missing of each (36 of 48 hours): no valid day
- sites: *sites
  points: *points
  forecast: *forecast
  daily: |
    point_id, day, amount, valid_hours, is_valid
    F, 2026-03-15, 60000, 18, false
    U, 2026-03-15, 43000, 18, false
  expect: {period: 2026-03-15, numerator: null, denominator: null, valid: 36, expected: 48, value: null, state: unknown, reason: too_few_data, beside: null}
---*/
-- flow, or volume where a works has no flow ('flow' comes first in the alphabet)
WITH meters AS (
    SELECT
        point_id,
        quantity,
        min(quantity) OVER (PARTITION BY site_id) AS best
    FROM points
    WHERE site_kind = 'works' AND role = 'finished' AND quantity IN ('flow', 'volume')
),

supplied AS (
    SELECT
        span.period,
        CASE WHEN count(*) FILTER (WHERE daily.is_valid) = count(*) THEN sum(daily.amount) END AS m3,
        coalesce(sum(daily.valid_hours), 0)                                                    AS valid,
        any_value(span.hours) * count(*)                                                       AS expected
    FROM span
    JOIN meters ON meters.quantity = meters.best
    LEFT JOIN daily ON daily.point_id = meters.point_id AND daily.day = span.first_day
    GROUP BY span.period
),

issued AS (
    SELECT
        span.period,
        forecast.issued_at,
        forecast.quantile,
        forecast.value,
        max(forecast.issued_at) OVER (PARTITION BY span.period) AS newest
    FROM span
    JOIN sites ON sites.kind = 'network'
    JOIN forecast
        ON forecast.series = sites.site_id || '/demand/day' AND forecast.model = 'shown'
        AND forecast.valid_at = span.starts_at AND forecast.issued_at < span.starts_at
),

expected AS (
    SELECT
        period,
        max(value) FILTER (WHERE quantile = 0.025) AS p2,
        max(value) FILTER (WHERE quantile = 0.1)   AS p10,
        max(value) FILTER (WHERE quantile = 0.5)   AS median,
        max(value) FILTER (WHERE quantile = 0.9)   AS p90,
        max(value) FILTER (WHERE quantile = 0.975) AS p97
    FROM issued
    WHERE issued_at = newest
    GROUP BY period
)

SELECT
    span.period,
    ''                                                                  AS site_id,
    supplied.m3 - expected.median                                       AS numerator,
    CASE WHEN supplied.m3 IS NOT NULL THEN expected.median END          AS denominator,
    coalesce(supplied.valid, 0)                                         AS valid,
    coalesce(supplied.expected, 0)                                      AS expected,
    CASE WHEN expected.median IS NOT NULL THEN 0 END                    AS target,
    (expected.p10 - expected.median) / nullif(expected.median, 0) * 100 AS warning_low,
    (expected.p90 - expected.median) / nullif(expected.median, 0) * 100 AS warning_high,
    (expected.p2 - expected.median) / nullif(expected.median, 0) * 100  AS alarm_low,
    (expected.p97 - expected.median) / nullif(expected.median, 0) * 100 AS alarm_high,
    CASE WHEN expected.median IS NULL THEN 'no_forecast' END            AS reason,
    supplied.m3 / 10000                                                 AS beside
FROM span
LEFT JOIN supplied ON supplied.period = span.period
LEFT JOIN expected ON expected.period = span.period
