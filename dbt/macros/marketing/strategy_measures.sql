{#-
    The measures of scr_strategy_member, from its CTEs population, bought and asked. A buyer is new in
    the days before the first contact, and old otherwise.
-#}
{% macro strategy_measures() -%}
    select
        population.strategy,
        population.cohort_month,
        population.member_id,
        population.is_treated,
        coalesce(bought.channel, 'none') || ' / '
            || coalesce(recencies.stratum, 'never bought') || ' / '
            || coalesce(amounts.stratum, 'none') as stratum,
        {{ days_between('bought.last_on', 'population.cohort_month') }} as recency_days,
        {%- for at in ['before', 'after'] %}
        case when bought.orders_{{ at }} > 0 then 1 else 0 end as conversion_{{ at }},
        coalesce(bought.orders_{{ at }}, 0) as orders_{{ at }},
        coalesce(bought.net_revenue_{{ at }}, 0) as net_revenue_{{ at }},
        coalesce(bought.margin_{{ at }}, 0) as margin_{{ at }},
        {%- endfor %}
        {%- for name, sign in {'new': '>=', 'old': '<'}.items() %}
        case
            when bought.last_on is not null and bought.first_on {{ sign }} population.before_on
                then case when bought.orders_after > 0 then 1 else 0 end
        end as retention_{{ name }},
        {%- endfor %}
        asked.satisfaction
    from population
    {%- for relation in ['bought', 'asked'] %}
    left join {{ relation }}
        on population.strategy = {{ relation }}.strategy
        and population.cohort_month = {{ relation }}.cohort_month
        and population.member_id = {{ relation }}.member_id
    {%- endfor %}
    {{ strategy_stratum('recencies', 'recency', days_between(
        'bought.last_on', 'population.cohort_month'
    )) }}
    {{ strategy_stratum('amounts', 'value', 'bought.net_revenue_before') }}
{%- endmacro %}
