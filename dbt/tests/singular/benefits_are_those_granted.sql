{{ config(meta={'dagster': {'ref': {'name': 'benefit_usage'}}}) }}
{#- Tiers and months together hold the grants of core, each once. -#}
with counted as (
    select
        (select coalesce(sum(granted), 0) from {{ ref('benefit_usage') }}) as in_mart,
        (select count(*) from {{ ref('fct_benefit_grant') }}) as in_core
)

select * from counted where in_mart <> in_core
