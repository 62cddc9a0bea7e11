{#- A join to the one row of strategy_strata_rules a value of a dimension falls in. -#}
{% macro strategy_stratum(alias, dimension, value) -%}
    left join (
        select
            stratum,
            from_value,
            lead(from_value) over (order by from_value asc nulls last) as below_value
        from {{ ref('strategy_strata_rules') }}
        where dimension = '{{ dimension }}'
    ) as {{ alias }}
        on {{ value }} >= {{ alias }}.from_value
        and ({{ value }} < {{ alias }}.below_value or {{ alias }}.below_value is null)
{%- endmacro %}
