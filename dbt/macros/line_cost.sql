{#-
    Cost of the goods of an order line that stayed with the customer, decimal(18, 2).

    Pieces times unit cost; where either is unknown, the payment less the assumed margin. Goods
    that came back count by the recovery rate: the share of pieces returned where the refund says
    so, else the share of money returned.
-#}
{% macro line_cost(line, unit_cost, rules) -%}
    {%- set returned_share -%}
        case
            when {{ line }}.refunded_quantity is not null
                then {{ safe_divide(line ~ '.refunded_quantity', line ~ '.quantity') }}
            else {{ safe_divide(line ~ '.refund_amount', line ~ '.net_paid_amount') }}
        end
    {%- endset -%}
    {{ money(
        'coalesce(' ~ unit_cost ~ ' * ' ~ line ~ '.quantity, '
        ~ line ~ '.net_paid_amount * (1 - ' ~ rules ~ '.assumed_margin_rate))'
        ~ ' * (1 - ' ~ rules ~ '.returned_cost_recovery_rate'
        ~ ' * least(1, greatest(0, coalesce(' ~ returned_share ~ ', 0))))'
    ) }}
{%- endmacro %}
