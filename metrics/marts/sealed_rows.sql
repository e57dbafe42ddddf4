-- Of sealed days the few points that can't be summed as they are: totalisers and rainfall.
SELECT
    sealed.point_id,
    epoch_us(sealed.ts)                                        AS us,
    sealed.span_s,
    sealed.value,
    sealed.quality,
    CASE WHEN points.is_total THEN 0 ELSE sealed.covered_s END AS covered_s
FROM sealed
JOIN points ON points.point_id = sealed.point_id AND points.is_special
