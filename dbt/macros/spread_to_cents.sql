{#-
    A line's part of an order's amount by weight, in whole cents: the running total rounded, less
    the running total before, so that the parts of an order add up to the amount exactly.

    amount: decimal(18, 2); weight, running_weight (up to this line), total_weight (> 0): decimals of
    at most nine places, so that amount times weights fits eighteen digits.
-#}
{% macro spread_to_cents(amount, weight, running_weight, total_weight) -%}
    cast(
        round({{ amount }} * {{ running_weight }} / nullif({{ total_weight }}, 0), 2)
        - round({{ amount }} * ({{ running_weight }} - {{ weight }}) / nullif({{ total_weight }}, 0), 2)
    as decimal(18, 2))
{%- endmacro %}
