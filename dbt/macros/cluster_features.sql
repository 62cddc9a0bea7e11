{#- The features buyers are grouped by, in the order of every table that holds them. -#}
{% macro cluster_features() -%}
    {{ return([
        'purchase_days', 'recency_days', 'basket_amount', 'basket_lines', 'evening_share',
        'weekend_share', 'store_share', 'app_share', 'discount_share',
    ]) }}
{%- endmacro %}
