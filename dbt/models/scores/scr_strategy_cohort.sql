-- One row: a strategy and a month in which it first contacted members, with the days that members
-- are matched on and measured in. The latest complete months only.
with contacted as (
    select distinct
        rules.strategy,
        {{ month_start('touches.sent_on') }} as cohort_month
    from {{ ref('fct_touch') }} as touches
    inner join {{ ref('dim_campaign') }} as campaigns
        on touches.campaign_key = campaigns.campaign_key
    inner join {{ ref('strategy_rules') }} as rules
        on campaigns.objective = rules.objective and touches.sent_on >= rules.since_on
    where not touches.is_control and touches.member_id is not null
),

numbered as (
    select
        contacted.*,
        rules.objective,
        rules.latest_cohorts,
        {{ add_days('contacted.cohort_month', '-rules.before_days') }} as before_on,
        {{ add_days('contacted.cohort_month', 'rules.after_days') }} as until_on,
        row_number() over (
            partition by contacted.strategy order by contacted.cohort_month desc nulls last
        ) as cohort_number
    from contacted
    inner join {{ ref('strategy_rules') }} as rules on contacted.strategy = rules.strategy
    where {{ add_days('contacted.cohort_month', 'rules.after_days') }} <= {{ as_of() }}
),

final as (
    select * from numbered
    where cohort_number <= latest_cohorts
)

select * from final
