{#-
    Of each group and metric: the members, and the sum and the sum of squares of the metric over
    them, which is all that a comparison of means needs.
-#}
{% macro moments_of(relation, groups, metrics) %}
    {%- for metric in metrics %}
    select
        {{ groups | join(', ') }},
        '{{ metric }}' as metric,
        count(*) as members,
        cast(sum({{ metric }}) as double) as total,
        cast(sum({{ metric }} * {{ metric }}) as double) as total_square
    from {{ relation }}
    group by {{ groups | join(', ') }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
