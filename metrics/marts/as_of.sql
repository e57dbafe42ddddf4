-- noqa: disable=AM04
-- (a view has whatever columns its table has)
-- The lake's tables as at a moment: rows whose own time comes after it are absent, instants after it null (planned ones
-- stay), states what they were. `stored` holds the current rows; getvariable('as_of') is the moment, 'today' its day.
CREATE OR REPLACE VIEW reading AS
SELECT * FROM stored.reading
WHERE epoch_us(ts) + span_s * 1000000 <= epoch_us(getvariable('as_of'));

CREATE OR REPLACE VIEW lab_sample AS
SELECT * FROM stored.lab_sample
WHERE sampled_at <= getvariable('as_of');

CREATE OR REPLACE VIEW weather AS
SELECT * FROM stored.weather
WHERE issued_at <= getvariable('as_of');

-- a month's row exists from the end of the month
CREATE OR REPLACE VIEW sale AS
SELECT * FROM stored.sale
WHERE month + INTERVAL '1' MONTH <= getvariable('today');

CREATE OR REPLACE VIEW water_balance AS
SELECT * FROM stored.water_balance
WHERE month + INTERVAL '1' MONTH <= getvariable('today');

CREATE OR REPLACE VIEW call AS
SELECT
    * REPLACE (
        CASE WHEN answered_at <= getvariable('as_of') THEN answered_at END AS answered_at,
        CASE WHEN ended_at <= getvariable('as_of') THEN ended_at END AS ended_at
    )
FROM stored.call
WHERE started_at <= getvariable('as_of');

-- who had not been served yet was waiting; when a customer left isn't known, so cancelled stays
CREATE OR REPLACE VIEW hall_ticket AS
SELECT
    * REPLACE (
        CASE WHEN called_at <= getvariable('as_of') THEN called_at END AS called_at,
        CASE WHEN finished_at <= getvariable('as_of') THEN finished_at END AS finished_at,
        CASE
            WHEN coalesce(finished_at, called_at, taken_at) > getvariable('as_of') THEN 'waiting'
            ELSE state
        END AS state,
        CASE WHEN finished_at <= getvariable('as_of') THEN rating END AS rating
    )
FROM stored.hall_ticket
WHERE taken_at <= getvariable('as_of');

CREATE OR REPLACE VIEW work_order AS
SELECT
    * REPLACE (
        CASE WHEN dispatched_at <= getvariable('as_of') THEN dispatched_at END AS dispatched_at,
        CASE WHEN on_site_at <= getvariable('as_of') THEN on_site_at END AS on_site_at,
        CASE WHEN closed_at <= getvariable('as_of') THEN closed_at END AS closed_at,
        CASE WHEN revisited_at <= getvariable('as_of') THEN revisited_at END AS revisited_at,
        CASE WHEN coalesce(revisited_at, closed_at) <= getvariable('as_of') THEN satisfaction END AS satisfaction
    )
FROM stored.work_order
WHERE opened_at <= getvariable('as_of');

CREATE OR REPLACE VIEW meter_event AS
SELECT * FROM stored.meter_event
WHERE happened_at <= getvariable('as_of');

-- A meter's row is its newest state. Where something happened to it since, its events up to the moment say what it was
-- (it did not exist before the first); verified again since, it was valid as long as its earlier verification lasts
-- (JJG 162-2019: DN ≤ 25 six years, ≤ 50 four, larger or Q3 > 16 two).
CREATE OR REPLACE VIEW meter AS
WITH history AS (
    SELECT
        meter_id,
        bool_or(happened_at > getvariable('as_of'))                                        AS has_changed,
        bool_or(happened_at > getvariable('as_of') AND event = 'verified')                 AS is_verified_since,
        arg_max(event, happened_at) FILTER (WHERE happened_at <= getvariable('as_of'))     AS event,
        min(day) FILTER (WHERE event = 'verified' AND happened_at <= getvariable('as_of')) AS first_on,
        max(day) FILTER (WHERE event = 'verified' AND happened_at <= getvariable('as_of')) AS last_on
    FROM stored.meter_event
    GROUP BY meter_id
),

known AS (
    SELECT
        meter.*,
        history.event,
        coalesce(history.has_changed, FALSE)       AS has_changed,
        coalesce(history.is_verified_since, FALSE) AS is_verified_since,
        CASE
            WHEN history.first_on < meter.first_verified_on THEN history.first_on
            WHEN meter.first_verified_on <= getvariable('today') THEN meter.first_verified_on
            ELSE history.first_on
        END                                        AS first_on,
        history.last_on,
        CASE
            WHEN meter.dn_mm > 50 OR meter.q3_m3h > 16 THEN INTERVAL '2' YEAR
            WHEN meter.dn_mm > 25 THEN INTERVAL '4' YEAR
            ELSE INTERVAL '6' YEAR
        END                                        AS period
    FROM stored.meter
    LEFT JOIN history ON history.meter_id = meter.meter_id
    WHERE NOT coalesce(history.has_changed, FALSE) OR history.event IS NOT NULL
),

dated AS (
    SELECT
        * REPLACE (
            CASE
                WHEN is_verified_since THEN (coalesce(last_on, first_on) + period)::DATE
                ELSE verified_until
            END AS verified_until,
            CASE WHEN has_changed THEN first_on ELSE first_verified_on END AS first_verified_on
        )
    FROM known
)

SELECT
    * EXCLUDE (event, has_changed, is_verified_since, first_on, last_on, period) REPLACE (
        CASE
            WHEN NOT has_changed THEN state
            WHEN event = 'sent' THEN 'in_verification'
            WHEN event IN ('failed', 'retired') THEN 'retired'
            WHEN event IN ('verified', 'removed') THEN 'received'
            WHEN event = 'installed' AND verified_until < getvariable('today') THEN 'expired'
            WHEN event = 'installed' THEN 'in_use'
            ELSE event
        END AS state
    )
FROM dated;

CREATE OR REPLACE VIEW stock_item AS
SELECT * FROM stored.stock_item;

CREATE OR REPLACE VIEW stock_move AS
SELECT * FROM stored.stock_move
WHERE moved_at <= getvariable('as_of');

-- the newest word on each item up to the moment
CREATE OR REPLACE VIEW action_item AS
SELECT * FROM stored.action_item
WHERE updated_at <= getvariable('as_of')
QUALIFY row_number() OVER (PARTITION BY item_id ORDER BY updated_at DESC) = 1;

CREATE OR REPLACE VIEW forecast AS
SELECT * FROM stored.forecast
WHERE issued_at <= getvariable('as_of');

CREATE OR REPLACE VIEW risk AS
SELECT * FROM stored.risk
WHERE issued_at <= getvariable('as_of');

CREATE OR REPLACE VIEW plan AS
SELECT * FROM stored.plan
WHERE issued_at <= getvariable('as_of');

CREATE OR REPLACE VIEW fault AS
SELECT * REPLACE (CASE WHEN until <= getvariable('as_of') THEN until END AS until)
FROM stored.fault
WHERE since <= getvariable('as_of');

CREATE OR REPLACE VIEW advice AS
SELECT * FROM stored.advice
WHERE made_at <= getvariable('as_of');

CREATE OR REPLACE VIEW act AS
SELECT * FROM stored.act
WHERE done_at <= getvariable('as_of');

CREATE OR REPLACE VIEW score AS
SELECT * FROM stored.score
WHERE window_end <= getvariable('as_of');

-- a period can be computed only after it has ended
CREATE OR REPLACE VIEW indicator AS
SELECT * FROM stored.indicator
WHERE period < getvariable('today');

CREATE OR REPLACE VIEW board AS
SELECT * FROM stored.board
WHERE as_of <= getvariable('as_of');

CREATE OR REPLACE VIEW quarantine AS
SELECT * FROM stored.quarantine
WHERE received_at <= getvariable('as_of');
