{{ config(meta={'dagster': {'ref': {'name': 'fct_order'}}}) }}
{#- A member's valid orders are numbered from 1, each once. -#}
select member_id
from {{ ref('fct_order') }}
where order_number is not null
group by member_id
having
    min(order_number) <> 1
    or max(order_number) <> count(*)
    or count(distinct order_number) <> count(*)
