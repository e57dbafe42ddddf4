/*---
name: {zh: 水表检定有效率, en: Meters within verification}
question: {zh: 在装的水表都在检定有效期内吗？, en: Are all installed meters within their verification?}
definition: {zh: 在装水表（在用和超期）中检定有效期未过的占比, en: Share of the installed meters (in use and expired) whose verification is still valid}
caveat: {zh: 未登记有效期的水表计为超期；未归分区的计入全网, en: "A meter without a date counts as expired; one without a zone counts for the network"}
unit: "%"
direction: up
period: day
shows: current
window: now
aggregate: last
tile: 17
short: {zh: 水表检定率, en: Meters verified}
owner: 计量中心
formula: {zh: 检定有效期未过的在装水表 ÷ 全部在装水表, en: installed meters verified until the day or later ÷ installed meters}
standard: JJG 162-2019
example:
# normal: M1 until today, M2 (past its time on paper, but verified until tomorrow), M3 without a zone and M4 of a station,
# which both count for the network: 4 of 4. Meters in stock, in verification or retired aren't installed
- as_of: 2026-03-15T08:20Z
  sites: &sites |
    site_id, kind
    B, booster
    N, network
    Z, zone
    Y, zone
    S, sewage_station
  meter: |
    meter_id, state, verified_until, site_id
    M1, in_use, 2026-03-15, Z
    M2, expired, 2026-03-16, Y
    M3, in_use, 2027-01-01,
    M4, in_use, 2028-01-01, S
    M5, received, , Z
    M6, in_verification, 2020-01-01, Z
    M7, retired, 2020-01-01, Z
  expect:
  - {period: 2026-03-15, numerator: 4, denominator: 4, valid: null, expected: null, value: 100, state: normal, reason: null, rows: 3}
  - {period: 2026-03-15, site_id: N, numerator: 2, denominator: 2, state: normal}
# warning: until yesterday, 1 of the 80 in Z: 99 ÷ 100 = 99 % (the mean of 98.75 and 100 would be 99.38). Dates in rows of
# their own: 79 meters verified until 26 March to 12 June, 20 until 15 March to 3 April
- as_of: 2026-03-15T08:20Z
  sites: *sites
  meter: |
    meter_id, state, verified_until, site_id
    A, in_use, 2026-03-26..2026-06-12, Z
    B, expired, 2026-03-14, Z
    C, in_use, 2026-03-15..2026-04-03, Y
  expect:
  - {period: 2026-03-15, numerator: 99, denominator: 100, value: 99, state: warning, gap: -1}
  - {period: 2026-03-15, site_id: Z, numerator: 79, denominator: 80, value: 98.75, state: warning}
# alarm: one of two, its date unknown; all of Y's have passed
- as_of: 2026-03-15T08:20Z
  sites: *sites
  meter: |
    meter_id, state, verified_until, site_id
    A, in_use, 2026-03-15, Z
    B, in_use, , Z
    C, expired, 2026-03-14, Y
  expect:
  - {period: 2026-03-15, numerator: 1, denominator: 3, value: 33.33, state: alarm, partial: false}
  - {period: 2026-03-15, site_id: Y, numerator: 0, denominator: 1, value: 0}
# empty: no meter at all; and none that is installed
- as_of: 2026-03-15T08:20Z
  sites: *sites
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
- as_of: 2026-03-15T08:20Z
  sites: *sites
  meter: |
    meter_id, state, verified_until, site_id
    A, received, 2026-03-16, Z
  expect: {period: 2026-03-15, value: null, state: unknown, reason: no_source}
# just after midnight in Shanghai (16:10 UTC on the 14th) it is the 15th: until the 14th was enough for the day that closed
- timezone: Asia/Shanghai
  as_of: 2026-03-14T16:10Z
  sites: *sites
  meter: &three |
    meter_id, state, verified_until, site_id
    A, in_use, 2026-03-14, Z
    B, in_use, 2026-03-15..2026-03-16, Z
  expect:
  - {period: 2026-03-14, numerator: 3, denominator: 3, value: 100, state: normal}
  - {period: 2026-03-15, numerator: 2, denominator: 3, value: 66.67, state: alarm}
# a limit that changed on the 16th: the alarm 30 → 98 %
- sites: *sites
  meter: *three
  limits: |
    subject, kind, value, effective_from, effective_to
    meters_within_verification, warning, 100, 2020-01-01,
    meters_within_verification, alarm, 30, 2020-01-01, 2026-03-15
    meters_within_verification, alarm, 98, 2026-03-16,
  expect:
  - {period: 2026-03-15, value: 66.67, state: warning}
  - {period: 2026-03-16, value: 33.33, state: alarm}
---*/
WITH network AS (
    SELECT min(site_id) AS site_id
    FROM sites
    WHERE kind = 'network'
),

-- counted by date first: few rows meet each period
installed AS (
    SELECT
        meter.verified_until,
        coalesce(zones.site_id, network.site_id) AS site_id,
        count(*)                                 AS meters
    FROM meter
    CROSS JOIN network
    LEFT JOIN sites AS zones ON zones.site_id = meter.site_id AND zones.kind = 'zone'
    WHERE meter.state IN ('in_use', 'expired')
    GROUP BY meter.verified_until, zones.site_id, network.site_id
)

SELECT
    span.period,
    installed.site_id,
    coalesce(sum(installed.meters) FILTER (WHERE installed.verified_until >= span.last_day), 0) AS numerator,
    sum(installed.meters)                                                                       AS denominator,
    NULL                                                                                        AS valid,
    NULL                                                                                        AS expected
FROM span
CROSS JOIN installed
GROUP BY span.period, installed.site_id
