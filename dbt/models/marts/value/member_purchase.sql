-- One row: a member with at least one valid order, and what was bought over the whole history and
-- within the RFM window. Refunds without an order count on their own day.
with rules as (
    select * from {{ ref('rfm_rules') }}
),

movements as (
    select
        member_id,
        ordered_on as moved_on,
        order_key,
        net_revenue,
        margin_amount,
        cast(0 as decimal(18, 2)) as unassigned_refund_amount
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
    union all
    select
        member_id,
        refunded_on as moved_on,
        null as order_key,
        -amount as net_revenue,
        -(amount - recovered_cost_amount) as margin_amount,
        amount as unassigned_refund_amount
    from {{ ref('fct_refund') }}
    where order_key is null and member_id is not null
),

windowed as (
    select
        movements.*,
        case when order_key is not null then moved_on end as purchase_on,
        rules.window_days is null
        or {{ days_between('movements.moved_on', as_of()) }} < rules.window_days as is_in_window
    from movements
    cross join rules
),

final as (
    select
        member_id,
        min(purchase_on) as first_ordered_on,
        max(purchase_on) as last_ordered_on,
        count(order_key) as order_count,
        count(distinct purchase_on) as purchase_day_count,
        cast(sum(net_revenue) as decimal(18, 2)) as net_revenue,
        cast(sum(margin_amount) as decimal(18, 2)) as margin_amount,
        cast(sum(unassigned_refund_amount) as decimal(18, 2)) as unassigned_refund_amount,
        count(case when is_in_window then order_key end) as window_order_count,
        count(distinct case when is_in_window then purchase_on end) as window_purchase_day_count,
        cast(sum(case when is_in_window then net_revenue else 0 end) as decimal(18, 2))
            as window_net_revenue
    from windowed
    group by member_id
    having count(order_key) > 0
)

select * from final
