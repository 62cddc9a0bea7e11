-- One row: a state of a member in the replay of the tier rules: a tier reached, kept for another
-- period, or lost. Tiers given by hand are not in it: member_tier_history lays them over it.
-- depends_on: {{ ref('tier_rules') }}, {{ ref('tier_earning') }}, {{ ref('tier_standing') }}
-- depends_on: {{ ref('dim_member') }}
{{ config(pre_hook="{{ replay_tiers() }}") }}

select
    member_id,
    cast(state_no as integer) as state_no,
    began_at,
    cast(tier_rank as integer) as tier_rank,
    reason,
    period_at,
    basis_at
from {{ work_relation('tier_log') }}
