{#-
    What the ledger has for orders. A programme names orders of shops by their id alone: it means the
    member's order of that id, of its own channel before others; else an order nobody knows.
-#}
{% macro points_booked_of_orders() -%}
    select
        coalesce(known.order_key, steps.order_key) as order_key,
        min(steps.member_id) as member_id,
        {{ month_start('min(steps.happened_on)') }} as earned_month,
        sum(case when steps.effect = 'earn' then steps.points else 0 end) as points,
        sum(case when steps.effect = 'reverse' then steps.points else 0 end) as reversed,
        sum(case when steps.effect = 'pending' then steps.points else 0 end) as pending
    from {{ ref('points_step') }} as steps
    left join (
        select
            named.member_id, named.order_key as named_key, orders.order_key,
            row_number() over (
                partition by named.member_id, named.order_key
                order by
                    case when orders.order_key = named.order_key then 0 else 1 end asc nulls last,
                    orders.order_key asc nulls last
            ) as place
        from (
            select distinct member_id, order_key, order_id
            from {{ ref('points_step') }}
            where order_id is not null
        ) as named
        inner join {{ ref('fct_order') }} as orders
            on named.order_id = orders.order_id and named.member_id = orders.member_id
    ) as known
        on steps.member_id = known.member_id
        and steps.order_key = known.named_key
        and known.place = 1
    where steps.reason = 'purchase'
        and steps.effect in ('earn', 'reverse', 'pending')
        and steps.order_key is not null
    group by coalesce(known.order_key, steps.order_key)
{%- endmacro %}
