{#-
    Three CTEs: `movements` of all members (valid orders are activity; a refund without its order
    falls into its own month and is no sign of activity), `sizes` of the cohorts of the CTE `sliced`
    (member_id, cohort_month and what tells cohorts apart), and `active`, what they did by month.
-#}
{% macro cohort_activity(keys) -%}
movements as (
    select member_id, ordered_on as moved_on, member_id as active_member_id, net_revenue
    from {{ ref('fct_order') }}
    where is_valid
    union all
    select member_id, refunded_on as moved_on, null as active_member_id, -amount as net_revenue
    from {{ ref('fct_refund') }}
    where order_key is null
),

sizes as (
    select cohort_month, {{ keys | join(', ') }}, count(*) as cohort_size
    from sliced
    group by cohort_month, {{ keys | join(', ') }}
),

active as (
    select
        sliced.cohort_month,
        {%- for key in keys %}
        sliced.{{ key }},
        {%- endfor %}
        {{ month_start('movements.moved_on') }} as active_month,
        count(distinct movements.active_member_id) as active_members,
        sum(movements.net_revenue) as net_revenue
    from sliced
    inner join movements on sliced.member_id = movements.member_id
    group by
        sliced.cohort_month
        {%- for key in keys %}, sliced.{{ key }}{% endfor %},
        {{ month_start('movements.moved_on') }}
)
{%- endmacro %}
