-- One row: an amount a member earned towards a tier, or that a refund took back, by metric.
-- It is no balance: spending points or money earned elsewhere does not appear here.
-- Facts of a record that joined the member later count from the moment it was linked.
with joined as (
    select
        record_key,
        case
            when row_number() over (
                partition by member_id
                order by valid_from asc nulls last, record_key asc nulls last
            ) > 1 then linked_at
        end as joined_at
    from {{ ref('member_identity') }}
),

orders as (
    {{ tier_orders('joined') }}
),

refunds as (
    {{ tier_refunds('orders') }}
),

amounts as (
    {{ tier_amounts_of_orders('orders', 'refunds') }}
    union all
    {{ tier_amounts_of_points('joined') }}
    union all
    {{ tier_amounts_of_activity('joined') }}
),

metrics as (
    select upgrade_metric as metric from {{ ref('tier_rules') }}
    union
    select keep_metric as metric from {{ ref('tier_rules') }}
),

final as (
    select
        amounts.member_id,
        amounts.metric,
        amounts.known_at,
        amounts.entered_at,
        amounts.counts_on,
        amounts.cause,
        cast(sum(amounts.amount) as decimal(18, 2)) as amount
    from amounts
    inner join metrics on amounts.metric = metrics.metric
    where amounts.known_at < {{ as_of_end() }}
    group by
        amounts.member_id, amounts.metric, amounts.known_at, amounts.entered_at,
        amounts.counts_on, amounts.cause
)

select * from final
