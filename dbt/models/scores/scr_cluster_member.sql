-- One row: a buyer and a feature by which buyers are grouped, as of the day (cut 0) or drift_days
-- before it (cut 1). Shares are drawn toward the average by a few orders of an average buyer.
{%- set shares = ['evening', 'weekend', 'store', 'app'] %}
with cuts as (
    select 0 as cut_number, {{ as_of() }} as cut_on
    union all
    select 1 as cut_number, {{ add_days(as_of(), '-drift_days') }} as cut_on
    from {{ ref('cluster_rules') }}
),

orders as (
    select
        orders.member_id,
        orders.ordered_on,
        orders.net_paid_amount,
        orders.line_count,
        orders.gross_amount,
        orders.discount_amount,
        case when dayparts.daypart = 'evening' then 1 else 0 end as is_evening,
        case when {{ day_of_week('orders.ordered_on') }} >= behaviour.weekend_from then 1 else 0
        end as is_weekend,
        case when channels.channel_type = 'store' then 1 else 0 end as is_store,
        case when orders.channel = 'app' then 1 else 0 end as is_app
    from {{ ref('fct_order') }} as orders
    cross join {{ ref('behaviour_rules') }} as behaviour
    left join {{ ref('dim_channel') }} as channels on orders.channel = channels.channel
    left join {{ ref('daypart_rules') }} as dayparts
        on extract(hour from {{ business_time('orders.ordered_at') }})
            between dayparts.hour_from and dayparts.hour_to
    where orders.is_valid and orders.member_id is not null
),

sums as (
    select
        cuts.cut_number,
        cuts.cut_on,
        orders.member_id,
        count(*) as orders,
        count(distinct orders.ordered_on) as purchase_days,
        max(orders.ordered_on) as last_on,
        sum(orders.net_paid_amount) as paid,
        sum(orders.line_count) as lines,
        sum(orders.gross_amount) as gross,
        sum(orders.discount_amount) as discount,
        {%- for share in shares %}
        sum(orders.is_{{ share }}) as {{ share }}{{ ',' if not loop.last }}
        {%- endfor %}
    from orders
    inner join cuts on orders.ordered_on <= cuts.cut_on
    group by cuts.cut_number, cuts.cut_on, orders.member_id
),

averages as (
    select
        {%- for share in shares %}
        {{ safe_divide('sum(' ~ share ~ ')', 'sum(orders)') }} as {{ share }}_rate,
        {%- endfor %}
        {{ safe_divide('sum(discount)', 'sum(gross)') }} as discount_rate
    from sums
    where cut_number = 0
),

wide as (
    select
        sums.cut_number,
        sums.member_id,
        cast(sums.purchase_days as double) as purchase_days,
        cast({{ days_between('sums.last_on', 'sums.cut_on') }} as double) as recency_days,
        greatest(0, {{ safe_divide('sums.paid', 'sums.orders') }}) as basket_amount,
        {{ safe_divide('sums.lines', 'sums.orders') }} as basket_lines,
        {%- for share in shares %}
        (sums.{{ share }} + rules.prior_orders * averages.{{ share }}_rate)
        / nullif(sums.orders + rules.prior_orders, 0) as {{ share }}_share,
        {%- endfor %}
        coalesce({{ safe_divide('sums.discount', 'sums.gross') }}, averages.discount_rate, 0)
            as discount_share
    from sums
    cross join averages
    cross join {{ ref('cluster_rules') }} as rules
),

final as (
    {%- for feature in cluster_features() %}
    select
        wide.cut_number,
        wide.member_id,
        rules.feature,
        case when rules.is_log then ln(1 + wide.{{ feature }}) else wide.{{ feature }} end
            as feature_value
    from wide
    inner join {{ ref('cluster_feature_rules') }} as rules on rules.feature = '{{ feature }}'
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
)

select * from final
