{#- The figure a campaign is measured by (kpi_name); NULL for a name nobody knows. -#}
{% macro campaign_kpi() -%}
    {%- set rates = {
        'conversion_rate': 'buyers', 'open_rate': 'opened', 'click_rate': 'clicked',
        'delivery_rate': 'delivered',
    } -%}
    {%- set amounts = ['buyers', 'reached', 'attributed_revenue', 'attributed_margin'] -%}
    case
            {%- for name, column in rates.items() %}
            when kpi_name = '{{ name }}' then {{ safe_divide(column, 'reached') }}
            {%- endfor %}
            {%- for name in amounts %}
            when kpi_name = '{{ name }}' then cast({{ name }} as double)
            {%- endfor %}
        end
{%- endmacro %}
