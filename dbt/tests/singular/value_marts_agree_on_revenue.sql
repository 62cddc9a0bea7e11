{{ config(meta={'dagster': {'ref': {'name': 'member_clv'}}}) }}
{#- Historic revenue is that of core: valid orders of members less their refunds without an order. -#}
with totals as (
    select
        (select coalesce(sum(historic_revenue), 0) from {{ ref('member_clv') }}) as of_members,
        (
            select coalesce(sum(net_revenue), 0) from {{ ref('fct_order') }}
            where is_valid and member_id is not null
        ) - (
            select coalesce(sum(refunds.amount), 0)
            from {{ ref('fct_refund') }} as refunds
            inner join {{ ref('dim_member') }} as members on refunds.member_id = members.member_id
            where refunds.order_key is null and members.is_buyer
        ) as of_core
)

select * from totals
where of_members <> of_core
