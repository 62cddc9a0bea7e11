{#- The features of the churn warning, in the order of every table that holds them. -#}
{% macro churn_features() -%}
    {{ return([
        'overdue_ratio', 'recency_days', 'purchase_days', 'p_alive', 'activity_trend',
        'complaints', 'refund_share', 'unsubscribes',
    ]) }}
{%- endmacro %}
