{{ config(meta={'dagster': {'ref': {'name': 'member_rfm'}}}) }}
{#- The members of the segments are the buyers of core. -#}
with counted as (
    select
        (select count(*) from {{ ref('member_rfm') }} where segment is not null) as in_segments,
        (select count(*) from {{ ref('dim_member') }} where is_buyer) as buyers
)

select * from counted
where in_segments <> buyers
