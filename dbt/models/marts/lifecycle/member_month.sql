-- One row: a member in a month since the member was first seen, with what was known of the
-- purchases at the month's end (at as_of in the running month).
with first_purchases as (
    select member_id, min(purchased_on) as first_purchased_on
    from {{ ref('member_purchase_rhythm') }}
    group by member_id
),

members as (
    select
        members.member_id,
        least(
            coalesce({{ business_date('members.first_seen_at') }}, {{ as_of() }}),
            coalesce(first_purchases.first_purchased_on, {{ as_of() }})
        ) as seen_on
    from {{ ref('dim_member') }} as members
    left join first_purchases on members.member_id = first_purchases.member_id
),

months as (
    select distinct
        month_start as month,
        least(month_end, {{ as_of() }}) as state_on
    from {{ ref('dim_date') }}
    where month_start <= {{ as_of() }}
),

spans as (
    select
        members.member_id,
        members.seen_on,
        months.month,
        months.state_on,
        {{ add_days('months.state_on', '-rules.trend_window_days') }} as recent_after,
        {{ add_days('months.state_on', '-2 * rules.trend_window_days') }} as before_after
    from members
    inner join months on members.seen_on <= months.state_on
    cross join {{ ref('lifecycle_measure_rules') }} as rules
),

counted as (
    select
        spans.member_id,
        spans.month,
        spans.state_on,
        spans.seen_on,
        count(rhythm.purchased_on) as purchase_days,
        min(rhythm.purchased_on) as first_purchased_on,
        max(rhythm.purchased_on) as last_purchased_on,
        max(case when rhythm.is_return then rhythm.purchased_on end) as returned_on,
        max_by(rhythm.cycle_days, rhythm.purchase_number) as cycle_days,
        count(case when rhythm.purchased_on > spans.recent_after then 1 end)
            as recent_purchase_days,
        count(
            case
                when rhythm.purchased_on > spans.before_after
                    and rhythm.purchased_on <= spans.recent_after then 1
            end
        ) as before_purchase_days
    from spans
    left join {{ ref('member_purchase_rhythm') }} as rhythm
        on spans.member_id = rhythm.member_id
        and spans.state_on >= rhythm.purchased_on
    group by spans.member_id, spans.month, spans.state_on, spans.seen_on
),

final as (
    select
        *,
        purchase_days > 0 as is_buyer,
        {{ days_between('first_purchased_on', 'state_on') }} as tenure_days,
        {{ days_between('last_purchased_on', 'state_on') }} as silence_days,
        {{ safe_divide(days_between('last_purchased_on', 'state_on'), 'cycle_days') }}
            as silence_ratio,
        {{ safe_divide('recent_purchase_days', 'before_purchase_days') }} as trend_ratio
    from counted
)

select * from final
