-- One row: the members of a first-order month, all or those of a slice of their first order (its
-- channel, its main product category, its campaign), in one later month. Their activity counts
-- wherever it is. Months not begun have no row.
with categories as (
    select
        lines.order_key,
        lines.category,
        row_number() over (
            partition by lines.order_key
            order by sum(lines.line_amount) desc nulls last, lines.category asc nulls last
        ) as place
    from {{ ref('fct_order_line') }} as lines
    inner join {{ ref('fct_order') }} as orders on lines.order_key = orders.order_key
    where orders.order_number = 1 and lines.category is not null
    group by lines.order_key, lines.category
),

cohorts as (
    select
        orders.member_id,
        {{ month_start('orders.ordered_on') }} as cohort_month,
        orders.channel,
        categories.category,
        orders.campaign_key
    from {{ ref('fct_order') }} as orders
    left join categories on orders.order_key = categories.order_key and categories.place = 1
    where orders.order_number = 1
),

sliced as (
    select member_id, cohort_month, 'all' as slice_type, 'all' as slice from cohorts
    union all
    select member_id, cohort_month, 'channel' as slice_type, channel as slice from cohorts
    union all
    select member_id, cohort_month, 'category' as slice_type, category as slice from cohorts
    where category is not null
    union all
    select member_id, cohort_month, 'campaign' as slice_type, campaign_key as slice from cohorts
    where campaign_key is not null
),

{{ cohort_activity(['slice_type', 'slice']) }},

{{ cohort_months(['slice_type', 'slice']) }},

final as (
    {{ cohort_rates(['slice_type', 'slice']) }}
)

select * from final
