{#-
    Return on a campaign's cost: (margin - cost) / cost, of the margin it added where a hold-out shows
    it, else of the margin ascribed to it; and the ends of its interval, which only a hold-out gives.
-#}
{% macro campaign_returns() -%}
    {%- for column in ['', '_low', '_high'] %}
        {%- set ascribed = 'null' if column else 'cast(attributed_margin as double)' %}
        (
            case when is_causal then margin{{ column }} * treated_members else {{ ascribed }} end
            - cast(cost_total as double)
        ) / nullif(cast(cost_total as double), 0) as roi{{ column }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
