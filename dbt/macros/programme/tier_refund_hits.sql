{#-
    Refunds that come while a tier is held that was reached by earnings: the highest tier those
    earnings still reach, seen from the refund.
-#}
{% macro tier_refund_hits() -%}
with places as (
    select distinct
        states.member_id,
        states.basis_at as entered_until,
        earnings.known_at as known_until
    from {{ work_relation('tier_state') }} as states
    inner join {{ ref('tier_earning') }} as earnings
        on states.member_id = earnings.member_id
        and earnings.amount < 0
        and (
            earnings.known_at > states.began_at
            or (earnings.known_at = states.began_at and states.priority < 3)
        )
    where states.basis_at is not null and states.tier_rank > 0
),

reached as ({{ tier_reached('places') }})

select
    places.member_id,
    places.known_until as began_at,
    coalesce(reached.tier_rank, 0) as tier_rank
from places
left join reached
    on places.member_id = reached.member_id
    and places.known_until = reached.known_until
{%- endmacro %}
