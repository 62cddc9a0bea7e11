-- One row: a tenth of the buyers of a slice by net revenue (1: those who brought most), and their
-- share of it. Buyers of a channel are ranked by what they brought in that channel.
with movements as (
    select member_id, channel, net_revenue, margin_amount
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
    union all
    select
        refunds.member_id,
        refunds.channel,
        -refunds.amount as net_revenue,
        refunds.recovered_cost_amount - refunds.amount as margin_amount
    from {{ ref('fct_refund') }} as refunds
    inner join {{ ref('member_purchase') }} as buyers on refunds.member_id = buyers.member_id
    where refunds.order_key is null
),

sliced as (
    select
        'all' as slice_type, 'all' as slice, member_id,
        sum(net_revenue) as net_revenue, sum(margin_amount) as margin_amount
    from movements
    group by member_id
    union all
    select
        'channel' as slice_type, channel as slice, member_id,
        sum(net_revenue) as net_revenue, sum(margin_amount) as margin_amount
    from movements
    group by channel, member_id
),

ranked as (
    select
        sliced.*,
        row_number() over (
            partition by slice_type, slice
            order by net_revenue desc nulls last, member_id asc nulls last
        ) - 1 as place,
        count(*) over (partition by slice_type, slice) as slice_members
    from sliced
),

tenths as (
    select
        slice_type,
        slice,
        cast(floor(place * 10 / nullif(slice_members, 0)) as integer) + 1 as decile,
        count(*) as members,
        sum(net_revenue) as net_revenue,
        sum(margin_amount) as margin_amount
    from ranked
    group by
        slice_type, slice,
        cast(floor(place * 10 / nullif(slice_members, 0)) as integer) + 1
),

final as (
    select
        {{ as_of() }} as as_of,
        slice_type,
        slice,
        decile,
        members,
        cast(net_revenue as decimal(18, 2)) as net_revenue,
        cast(margin_amount as decimal(18, 2)) as margin_amount,
        {%- for part in ['members', 'net_revenue', 'margin_amount'] %}
        {{ safe_divide(part, 'sum(' ~ part ~ ') over whole') }} as {{ part }}_share,
        {{ safe_divide('sum(' ~ part ~ ') over so_far', 'sum(' ~ part ~ ') over whole') }}
            as cumulative_{{ part }}_share{{ ',' if not loop.last }}
        {%- endfor %}
    from tenths
    window
        whole as (partition by slice_type, slice),
        so_far as (
            partition by slice_type, slice
            order by decile asc nulls last
            rows between unbounded preceding and current row
        )
)

select * from final
