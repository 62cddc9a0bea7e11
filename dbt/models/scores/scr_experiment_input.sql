-- One row: an experiment, a variant and a metric: how many members were exposed, and the sum and
-- the sum of squares of the metric over them. Only what follows the exposure counts.
with exposed as (
    select * from {{ ref('scr_experiment_member') }}
    where counts_from is not null
),

bought as (
    select
        exposed.experiment_key,
        exposed.member_id,
        count(*) as orders,
        sum(orders.net_revenue) as net_revenue
    from exposed
    inner join {{ ref('fct_order') }} as orders
        on exposed.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_at > exposed.counts_from
        and orders.ordered_at < exposed.counts_until
    group by exposed.experiment_key, exposed.member_id
),

visited as (
    select distinct exposed.experiment_key, exposed.member_id
    from exposed
    inner join {{ ref('fct_event') }} as events
        on exposed.member_id = events.member_id
        and events.occurred_at > exposed.counts_from
        and events.occurred_at < exposed.counts_until
),

measured as (
    select
        exposed.experiment_key,
        exposed.variant,
        case when bought.orders > 0 then 1 else 0 end as conversion,
        case when visited.member_id is not null then 1 else 0 end as visit,
        coalesce(bought.orders, 0) as orders_per_member,
        coalesce(bought.net_revenue, 0) as revenue_per_member
    from exposed
    left join bought
        on exposed.experiment_key = bought.experiment_key
        and exposed.member_id = bought.member_id
    left join visited
        on exposed.experiment_key = visited.experiment_key
        and exposed.member_id = visited.member_id
),

final as (
    {{ moments_of(
        'measured', ['experiment_key', 'variant'],
        ['conversion', 'visit', 'orders_per_member', 'revenue_per_member']
    ) }}
)

select * from final
