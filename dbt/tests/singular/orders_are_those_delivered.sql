{{ config(meta={'dagster': {'ref': {'name': 'fct_order'}}}) }}
{#- Core has the orders and lines that conformed has as of the day, and no others. -#}
with existing as (
    select order_key from {{ ref('cfm_orders') }}
    where ordered_at < {{ as_of_end() }}
),

counted as (
    select
        'orders' as entity,
        (select count(*) from existing) as conformed,
        (select count(*) from {{ ref('fct_order') }}) as core
    union all
    select
        'order lines' as entity,
        (
            select count(*) from {{ ref('cfm_order_lines') }}
            where order_key in (select order_key from existing)
        ) as conformed,
        (select count(*) from {{ ref('fct_order_line') }} where not is_implied) as core
)

select * from counted
where conformed <> core
