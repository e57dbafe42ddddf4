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
formula: installed meters verified until the day or later ÷ installed meters
standard: JJG 162-2019
example:
# normal: M1 until today, M2 (expired on paper, but verified until tomorrow): 2 of 2
- as_of: 2026-03-15T08:20Z
  sites: &sites |
    site_id, kind
    N, network
    Z, zone
  meter: |
    meter_id, state, verified_until, site_id
    M1, in_use, 2026-03-15, Z
    M2, expired, 2026-03-16, Z
  expect: {period: 2026-03-15, numerator: 2, denominator: 2, value: 100, state: normal}
---*/
-- counted by date first: few rows meet each period
WITH installed AS (
    SELECT
        meter.verified_until,
        coalesce(zones.site_id, networks.site_id) AS site_id,
        count(*)                                  AS meters
    FROM meter
    LEFT JOIN sites AS zones ON zones.site_id = meter.site_id AND zones.kind = 'zone'
    LEFT JOIN sites AS networks ON networks.kind = 'network'
    WHERE meter.state IN ('in_use', 'expired')
    GROUP BY meter.verified_until, zones.site_id, networks.site_id
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
