{#-
    Two CTEs of an increment of fct_order: the orders this run touches, and the members whose
    orders must be numbered again: an order that comes, goes or moves shifts those of its old and
    of its new member.
-#}
{% macro renumbered_orders() -%}
touched_orders as (
    select order_key from {{ ref('cfm_touched_orders') }}
    union
    select order_key from {{ ref('cfm_orders') }}
    where record_key in (select record_key from {{ source('identity', 'idn_changed_record') }})
),

touched_members as (
    select identity.member_id
    from {{ ref('cfm_orders') }} as orders
    inner join touched_orders on orders.order_key = touched_orders.order_key
    inner join {{ ref('member_identity') }} as identity on orders.record_key = identity.record_key
    union
    select before.member_id
    from {{ this }} as before
    inner join touched_orders on before.order_key = touched_orders.order_key
),
{%- endmacro %}
