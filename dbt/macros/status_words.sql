{#- The status words of a format: what each means and whether it counts as paid. -#}
{% macro status_words(format) -%}
    {{ rule_words(
        'order_status_rules',
        'delivered_status',
        ['canonical_status', 'counts_as_paid'],
        format,
    ) }}
{%- endmacro %}
