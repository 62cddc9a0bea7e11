-- One row: a strategy and something known before the contact: how far the contacted are from all
-- others, and from their matches.
select
    strategy,
    measure,
    treated_members,
    matched_members,
    control_members,
    treated_mean,
    control_mean,
    matched_treated_mean,
    matched_control_mean,
    distance_before,
    distance_after
from {{ source('scores', 'scr_strategy_effect') }}
where measured_at = 'before'
