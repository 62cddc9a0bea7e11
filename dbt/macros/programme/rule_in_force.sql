{#- Whether a dated rule holds on a business day: both its days included, an empty end is open. -#}
{% macro rule_in_force(rules, business_day) -%}
    ({{ rules }}.valid_from <= {{ business_day }}
        and coalesce({{ rules }}.valid_to >= {{ business_day }}, true))
{%- endmacro %}
