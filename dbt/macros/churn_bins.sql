{#-
    A query of a relation's features in long form, one row a feature, with the bin of each value;
    bin 0 where there is no value. keys: columns kept; features: columns of the relation.
-#}
{% macro churn_bins(relation, keys, features) -%}
    select
        {%- for key in keys %}
        long_values.{{ key }},
        {%- endfor %}
        long_values.feature,
        long_values.feature_value,
        coalesce(bins.bin, 0) as bin,
        bins.priority,
        bins.reason,
        bins.reason_zh
    from (
        {%- for feature in features %}
        select
            {{ keys | join(', ') }},
            '{{ feature }}' as feature,
            cast({{ feature }} as double) as feature_value
        from {{ relation }}
        {% if not loop.last %}union all{% endif %}
        {%- endfor %}
    ) as long_values
    left join {{ ref('churn_feature_rules') }} as bins
        on long_values.feature = bins.feature
        and (long_values.feature_value >= bins.lower
            or (bins.lower is null and long_values.feature_value is not null))
        and (long_values.feature_value < bins.upper
            or (bins.upper is null and long_values.feature_value is not null))
{%- endmacro %}
