-- One row: a month and marketing channel (all or one): what was spent, what was planned, and what
-- is ascribed to it. New members are counted for all only: nobody says which channel brought them.
with costs as (
    select
        {{ month_start('spent_on') }} as month,
        coalesce(marketing_channel, 'none') as marketing_channel,
        sum(amount) as cost_amount
    from {{ ref('fct_marketing_cost') }}
    group by {{ month_start('spent_on') }}, coalesce(marketing_channel, 'none')
),

shares as (
    -- a campaign's revenue belongs to its channels as its cost does
    select
        campaign_key,
        coalesce(marketing_channel, 'none') as marketing_channel,
        cast({{ safe_divide(
            'sum(amount)', 'sum(sum(amount)) over (partition by campaign_key)'
        ) }} as decimal(18, 12)) as share
    from {{ ref('fct_marketing_cost') }}
    where campaign_key is not null
    group by campaign_key, coalesce(marketing_channel, 'none')
),

ascribed as (
    select
        {{ month_start('credits.ordered_on') }} as month,
        credits.campaign_key,
        sum(credits.net_revenue) as net_revenue,
        sum(credits.margin_amount) as margin_amount
    from {{ ref('attribution') }} as credits
    inner join {{ ref('attribution_rules') }} as rules
        on credits.model = rules.model and rules.is_default
    where credits.campaign_key is not null
    group by {{ month_start('credits.ordered_on') }}, credits.campaign_key
),

returns as (
    select
        ascribed.month,
        shares.marketing_channel,
        {{ money('sum(ascribed.net_revenue * shares.share)') }} as net_revenue,
        {{ money('sum(ascribed.margin_amount * shares.share)') }} as margin_amount
    from ascribed
    inner join shares on ascribed.campaign_key = shares.campaign_key
    group by ascribed.month, shares.marketing_channel
),

newcomers as (
    select
        {{ month_start(business_date('first_seen_at')) }} as month,
        count(*) as new_members
    from {{ ref('dim_member') }}
    group by {{ month_start(business_date('first_seen_at')) }}
),

first_orders as (
    select {{ month_start('ordered_on') }} as month, count(*) as new_buyers
    from {{ ref('fct_order') }}
    where order_number = 1
    group by {{ month_start('ordered_on') }}
),

budgets as (
    select
        months.month,
        plans.marketing_channel,
        sum(plans.monthly_budget_amount) as budget_amount
    from (select distinct month_start as month from {{ ref('dim_date') }}) as months
    inner join {{ ref('marketing_budget_rules') }} as plans
        on months.month >= plans.valid_from
        and (months.month <= plans.valid_to or plans.valid_to is null)
    group by months.month, plans.marketing_channel
),

measures as (
    {%- for channel, relation, column in [
        ("'all'", 'costs', 'cost_amount'),
        ("'all'", 'budgets', 'budget_amount'),
        ('marketing_channel', 'costs', 'cost_amount'),
        ('marketing_channel', 'budgets', 'budget_amount'),
    ] %}
    select
        month,
        {{ channel }} as marketing_channel,
        {%- for name in ['cost_amount', 'budget_amount'] %}
        {{ name if name == column else 'null' }} as {{ name }},
        {%- endfor %}
        null as net_revenue,
        null as margin_amount
    from {{ relation }}
    union all
    {%- endfor %}
    {%- for relation in ['returns', 'ascribed'] %}
    select
        month,
        {{ "'all'" if relation == 'ascribed' else 'marketing_channel' }} as marketing_channel,
        null as cost_amount,
        null as budget_amount,
        net_revenue,
        margin_amount
    from {{ relation }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        month,
        marketing_channel,
        {%- for name in ['cost_amount', 'budget_amount', 'net_revenue', 'margin_amount'] %}
        cast(coalesce(sum({{ name }}), 0) as decimal(18, 2)) as {{ name }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from measures
    group by month, marketing_channel
),

final as (
    {{ efficiency_figures() }}
)

select * from final
