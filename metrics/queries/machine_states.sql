-- Readings of machines (`told`: machine_id, quantity running or available, ts, value, longest_s) → stretches of one state
-- each: not available, running, stopped. Where nobody said anything for longer than a value holds there is no stretch.
WITH instants AS (
    SELECT
        machine_id,
        ts,
        max(value) FILTER (WHERE quantity = 'running')   AS running,
        max(value) FILTER (WHERE quantity = 'available') AS available,
        max(longest_s)                                   AS longest_s
    FROM told
    GROUP BY machine_id, ts
),

known AS (
    SELECT
        machine_id,
        ts,
        longest_s,
        last_value(running IGNORE NULLS) OVER earlier   AS running,
        last_value(available IGNORE NULLS) OVER earlier AS available,
        lead(ts) OVER earlier                           AS next_ts
    FROM instants
    WINDOW earlier AS (PARTITION BY machine_id ORDER BY ts)
),

states AS (
    SELECT
        known.machine_id,
        known.ts                                                                             AS starts_at,
        least(coalesce(known.next_ts, moment.as_of), known.ts + to_seconds(known.longest_s)) AS ends_at,
        CASE WHEN known.available < 0.5 THEN 'unavailable' WHEN known.running >= 0.5 THEN 'running' ELSE 'stopped' END
            AS state
    FROM known
    CROSS JOIN moment
),

turns AS (
    SELECT
        *,
        coalesce(
            state <> lag(state) OVER earlier OR starts_at > lag(ends_at) OVER earlier, true
        ) AS is_turn
    FROM states
    WINDOW earlier AS (PARTITION BY machine_id ORDER BY starts_at)
),

runs AS (
    SELECT
        *,
        sum(is_turn::INTEGER) OVER (PARTITION BY machine_id ORDER BY starts_at) AS run
    FROM turns
)

SELECT
    machine_id,
    any_value(state) AS state,
    min(starts_at)   AS starts_at,
    max(ends_at)     AS ends_at
FROM runs
GROUP BY machine_id, run
ORDER BY machine_id, starts_at
