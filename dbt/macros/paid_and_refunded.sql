{#- A query of what members of `timed` had paid, and been paid back, by their cut. -#}
{% macro paid_and_refunded(timed) -%}
    select
        timed.cut_number,
        timed.member_id,
        orders.net_paid_amount as paid,
        cast(0 as decimal(18, 2)) as refunded
    from {{ timed }} as timed
    inner join {{ ref('fct_order') }} as orders
        on timed.member_id = orders.member_id and orders.ordered_on <= timed.cut_on
    where orders.is_valid
    union all
    select
        timed.cut_number,
        timed.member_id,
        cast(0 as decimal(18, 2)) as paid,
        refunds.amount as refunded
    from {{ timed }} as timed
    inner join {{ ref('fct_refund') }} as refunds
        on timed.member_id = refunds.member_id and refunds.refunded_on <= timed.cut_on
{%- endmacro %}
