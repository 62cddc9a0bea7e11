{{ config(meta={'dagster': {'ref': {'name': 'cohort_retention'}}}) }}
{#- In the month of their first order all members of a cohort are active. -#}
select * from {{ ref('cohort_retention') }}
where month_number = 0 and (active_members <> cohort_size or retention_rate <> 1)
