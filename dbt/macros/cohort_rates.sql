{#-
    The last step of a table of cohorts: what share of each came in a month, and what a head has
    brought until then. A month not over has no share.
-#}
{% macro cohort_rates(slices) %}
    select
        filled.cohort_month,
        {%- for slice in slices %}
        filled.{{ slice }},
        {%- endfor %}
        filled.month_number,
        filled.active_month,
        filled.is_complete,
        filled.cohort_size,
        filled.active_members,
        case
            when filled.is_complete
                then {{ safe_divide('filled.active_members', 'filled.cohort_size') }}
        end as retention_rate,
        filled.net_revenue,
        {{ money(safe_divide('filled.cumulative_revenue', 'filled.cohort_size')) }}
            as cumulative_revenue_per_member
    from filled
    inner join {{ ref('cohort_rules') }} as rules
        on filled.month_number <= rules.max_month_number
{% endmacro %}
