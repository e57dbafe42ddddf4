"""The file that `python -m metrics new` writes: a complete indicator that runs, to be changed into one's own."""

_TEMPLATE = """\
/*---
name: {zh: <NAME>, en: <NAME>}
question: {zh: 过去 24 小时，限值都守住了吗？, en: Were all limits kept in the last 24 hours?}
definition: {zh: 各测点符合全部限值的有效小时数占比, en: Share of the valid hours that keep every limit of their point}
caveat: {zh: 不足一小时的超限不在此数中, en: Less than an hour outside is not in this number}
unit: "%"
direction: up  # up: more is better; down: less is; band: neither
period: day  # day, week or month
shows: current  # current: up to now; closed: the last period that ended
window: 24 h  # now, day, week, month, or so many h, days or months
aggregate: sum  # how days make weeks: sum or last
owner: 值班负责人
formula: {zh: 守住全部限值的小时 ÷ 有限值且有数据的小时, en: hours that keep every limit ÷ hours with a limit and data}
standard: house default
# Examples are worked by hand and run by `python -m metrics check`. A view that is left out is empty; a..b is a row
# an hour (or a day); rows of `limits` give the thresholds, which live in the utility's limits.csv, never in this file.
example:
# normal: A (at least 5) 24 hours, one exactly at its limit, B (at most 2) 24 hours: 48 of 48; yesterday doesn't count
- sites: &sites |
    site_id, kind, module
    S1, <KIND>, <MODULE>
    S2, <KIND>, <MODULE>
  points: &points |
    point_id, site_id, quantity
    A, S1, dissolved_oxygen
    B, S2, ammonia_nitrogen
  point_limit: &limit |
    point_id, day, min, max
    A, 2026-03-14..2026-03-15, 5,
    B, 2026-03-14..2026-03-15, , 2
  limits: &thresholds |
    subject, kind, value
    <ID>, warning, 98
    <ID>, alarm, 95
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z..2026-03-14T23:00Z, 3, true
    A, 2026-03-15T00:00Z, 5, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 6, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 1, true
  expect:
  - {period: 2026-03-15, numerator: 48, denominator: 48, valid: 48, expected: 48, value: 100, state: normal}
  - {period: 2026-03-15, site_id: S1, numerator: 24, denominator: 24, value: 100, state: normal}
# warning: A outside in 1 of 24 hours, B inside in 20 (4 were covered too little to count): 43 ÷ 44 = 97.73 %, not the
# mean of 95.83 and 100
- sites: *sites
  points: *points
  point_limit: *limit
  limits: *thresholds
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z, 4, true
    A, 2026-03-15T01:00Z..2026-03-15T23:00Z, 6, true
    B, 2026-03-15T00:00Z..2026-03-15T19:00Z, 1, true
    B, 2026-03-15T20:00Z..2026-03-15T23:00Z, 3, false
  expect: {period: 2026-03-15, numerator: 43, denominator: 44, value: 97.73, state: warning}
# alarm: B outside all day: 24 ÷ 48 = 50 %
- sites: *sites
  points: *points
  point_limit: *limit
  limits: *thresholds
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T23:00Z, 6, true
    B, 2026-03-15T00:00Z..2026-03-15T23:00Z, 3, true
  expect: {period: 2026-03-15, value: 50, state: alarm}
# empty: no reading of any time
- sites: *sites
  points: *points
  point_limit: *limit
  limits: *thresholds
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight: the 23 whole hours from 01:00 yesterday on, of each
- as_of: 2026-03-15T00:10Z
  sites: *sites
  points: *points
  point_limit: *limit
  limits: *thresholds
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-14T00:00Z, 3, true
    A, 2026-03-14T01:00Z..2026-03-14T23:00Z, 6, true
    B, 2026-03-14T01:00Z..2026-03-14T23:00Z, 1, true
  expect: {period: 2026-03-15, numerator: 46, denominator: 46, expected: 46, value: 100, state: normal}
# too few: 6 hours in a row are missing of each, 36 of 48 = 75 %
- sites: *sites
  points: *points
  point_limit: *limit
  limits: *thresholds
  hourly: |
    point_id, hour, mean, is_valid
    A, 2026-03-15T00:00Z..2026-03-15T17:00Z, 6, true
    B, 2026-03-15T00:00Z..2026-03-15T17:00Z, 1, true
  expect: {period: 2026-03-15, valid: 36, expected: 48, value: null, state: unknown, reason: too_few_data}
---*/
SELECT
    span.period,
    points.site_id,
    count(*) FILTER (
        WHERE hourly.is_valid
        AND hourly.mean >= coalesce(point_limit.min, hourly.mean)
        AND hourly.mean <= coalesce(point_limit.max, hourly.mean)
    )                                                       AS numerator,
    count(*) FILTER (WHERE hourly.is_valid)                 AS denominator,
    count(*) FILTER (WHERE hourly.is_valid)                 AS valid,
    any_value(span.hours) * count(DISTINCT points.point_id) AS expected
FROM span
JOIN sites ON sites.module = '<MODULE>'
JOIN points ON points.site_id = sites.site_id
JOIN point_limit
    ON point_limit.point_id = points.point_id
    AND (point_limit.min IS NOT NULL OR point_limit.max IS NOT NULL)
    AND point_limit.day BETWEEN span.first_day AND span.last_day
LEFT JOIN hourly
    ON hourly.point_id = points.point_id AND hourly.day = point_limit.day
    AND hourly.hour >= span.starts_at AND hourly.hour < span.ends_at
GROUP BY span.period, points.site_id
"""

_KINDS = {
    "raw_water": "source",
    "production": "works",
    "distribution": "zone",
    "sewage": "sewage_station",
    "treatment": "wwtp",
    "customer": "channel",
    "assets": "store",
}
"""A kind of site that is usual in each module."""


def skeleton(module: str, id: str) -> str:
    """A catalogue file's whole text for `<module>/<id>.sql`: it compiles, and its examples pass.

    `module` is one of vocabulary.MODULES (KeyError otherwise), `id` the file's name without .sql.
    """
    name = id.replace("_", " ").capitalize()
    words = {"<MODULE>": module, "<KIND>": _KINDS[module], "<ID>": id, "<NAME>": name}
    text = _TEMPLATE
    for placeholder, word in words.items():
        text = text.replace(placeholder, word)
    return text
