-- One row: a member with at least one valid order: what the member has been worth until as_of.
-- frequency, recency and age are the BTYD quantities: repeat purchase days, and weeks.
with tickets as (
    select member_id, count(*) as ticket_count
    from {{ ref('fct_service_ticket') }}
    where member_id is not null
    group by member_id
),

final as (
    select
        buyers.member_id,
        {{ as_of() }} as as_of,
        buyers.purchase_day_count - 1 as frequency,
        {{ days_between('buyers.first_ordered_on', 'buyers.last_ordered_on') }} / 7.0e0
            as recency,
        {{ days_between('buyers.first_ordered_on', as_of()) }} / 7.0e0 as age,
        buyers.net_revenue as historic_revenue,
        cast(coalesce(tickets.ticket_count, 0) * rules.service_cost_amount as decimal(18, 2))
            as service_cost_amount,
        cast(
            buyers.margin_amount - coalesce(tickets.ticket_count, 0) * rules.service_cost_amount
        as decimal(18, 2)) as historic_margin
    from {{ ref('member_purchase') }} as buyers
    left join tickets on buyers.member_id = tickets.member_id
    cross join {{ ref('clv_rules') }} as rules
)

select * from final
