{#- Whether a row of order_class_rules matches an order; an empty cell matches everything. -#}
{% macro order_class_applies(rules, orders) -%}
    {%- set bar = "'|'" -%}
    ({{ rules }}.channel = '*' or {{ rules }}.channel = {{ orders }}.channel)
    and (
        {{ rules }}.status = '*'
        or {{ dbt.position(
            bar ~ ' || ' ~ orders ~ '.status || ' ~ bar,
            bar ~ ' || ' ~ rules ~ '.status || ' ~ bar
        ) }} > 0
    )
    {%- for flag in ['is_paid', 'is_test', 'is_employee', 'has_refund'] %}
    and ({{ rules }}.{{ flag }} is null or {{ rules }}.{{ flag }} = {{ orders }}.{{ flag }})
    {%- endfor %}
    {%- for measure in ['net_paid_amount', 'quantity', 'orders_per_day'] %}
    and (
        {{ rules }}.min_{{ measure }} is null
        or {{ rules }}.min_{{ measure }} <= {{ orders }}.{{ measure }}
    )
    {%- endfor %}
    and (
        {{ rules }}.max_net_paid_amount is null
        or {{ rules }}.max_net_paid_amount >= {{ orders }}.net_paid_amount
    )
{%- endmacro %}
