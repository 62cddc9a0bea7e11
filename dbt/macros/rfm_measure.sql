{#- A buyer's value of an RFM dimension, decimal(18, 2): days since, times, or money. -#}
{% macro rfm_measure(dimension, buyers, rules) -%}
    cast(
    {%- if dimension == 'recency' -%}
        {{ days_between(buyers ~ '.last_ordered_on', as_of()) }}
    {%- elif dimension == 'frequency' -%}
        case
            when {{ rules }}.frequency_basis = 'orders' then {{ buyers }}.window_order_count
            else {{ buyers }}.window_purchase_day_count
        end
    {%- else -%}
        {{ buyers }}.window_net_revenue
    {%- endif %} as decimal(18, 2))
{%- endmacro %}
