-- One row: a member with at least one visit: how visits lead from browsing to buying. A visit is a
-- session of a channel; events without one are one visit of the day.
with visits as (
    select
        member_id,
        coalesce(session_id, cast(occurred_on as varchar)) as visit,
        channel,
        max(case when event_type in ('view', 'search') then 1 else 0 end) as has_browse,
        max(case when event_type = 'add_to_cart' then 1 else 0 end) as has_cart,
        max(case when event_type = 'checkout' then 1 else 0 end) as has_checkout,
        max(case when event_type = 'purchase' then 1 else 0 end) as has_purchase
    from {{ ref('fct_event') }}
    where member_id is not null
    group by member_id, coalesce(session_id, cast(occurred_on as varchar)), channel
),

final as (
    select
        member_id,
        count(*) as visits,
        cast(sum(has_browse) as bigint) as browse_visits,
        cast(sum(has_cart) as bigint) as cart_visits,
        cast(sum(has_checkout) as bigint) as checkout_visits,
        cast(sum(has_purchase) as bigint) as purchase_visits,
        {{ safe_divide('sum(has_browse * has_cart)', 'sum(has_browse)') }} as browse_to_cart_rate,
        {{ safe_divide('sum(has_cart * has_purchase)', 'sum(has_cart)') }} as cart_to_buy_rate,
        {{ safe_divide('sum(has_browse * has_purchase)', 'sum(has_browse)') }}
            as browse_to_buy_rate
    from visits
    group by member_id
)

select * from final
