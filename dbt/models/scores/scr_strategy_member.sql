-- One row: a strategy, a month and a member known before it: contacted by the strategy for the
-- first time in it, or not until the outcome is measured; with the stratum the member was in.
with contacted as (
    select rules.strategy, touches.member_id, min(touches.sent_on) as contacted_on
    from {{ ref('fct_touch') }} as touches
    inner join {{ ref('dim_campaign') }} as campaigns
        on touches.campaign_key = campaigns.campaign_key
    inner join {{ ref('strategy_rules') }} as rules
        on campaigns.objective = rules.objective and touches.sent_on >= rules.since_on
    where not touches.is_control and touches.member_id is not null
    group by rules.strategy, touches.member_id
),

population as (
    select
        cohorts.strategy,
        cohorts.cohort_month,
        cohorts.before_on,
        cohorts.until_on,
        members.member_id,
        coalesce({{ month_start('contacted.contacted_on') }} = cohorts.cohort_month, false)
            as is_treated
    from {{ ref('scr_strategy_cohort') }} as cohorts
    inner join {{ ref('dim_member') }} as members
        on {{ business_date('members.first_seen_at') }} < cohorts.cohort_month
    left join contacted
        on cohorts.strategy = contacted.strategy and members.member_id = contacted.member_id
    where
        contacted.member_id is null
        or {{ month_start('contacted.contacted_on') }} = cohorts.cohort_month
        or contacted.contacted_on >= cohorts.until_on
),

bought as (
    select
        population.strategy,
        population.cohort_month,
        population.member_id,
        max_by(
            orders.channel,
            case when orders.ordered_on < population.cohort_month then orders.order_number end
        ) as channel,
        min(orders.ordered_on) as first_on,
        max(case when orders.ordered_on < population.cohort_month then orders.ordered_on end)
            as last_on
        {%- for at, span in {
            'before': 'orders.ordered_on >= population.before_on '
                ~ 'and orders.ordered_on < population.cohort_month',
            'after': 'orders.ordered_on >= population.cohort_month',
        }.items() %},
        count(case when {{ span }} then 1 end) as orders_{{ at }},
        sum(case when {{ span }} then orders.net_revenue else 0 end) as net_revenue_{{ at }},
        sum(case when {{ span }} then orders.margin_amount else 0 end) as margin_{{ at }}
        {%- endfor %}
    from population
    inner join {{ ref('fct_order') }} as orders
        on population.member_id = orders.member_id
        and orders.is_valid
        and orders.ordered_on < population.until_on
    group by population.strategy, population.cohort_month, population.member_id
),

asked as (
    select
        population.strategy,
        population.cohort_month,
        population.member_id,
        cast(avg(answers.score) as decimal(18, 2)) as satisfaction
    from population
    inner join {{ ref('fct_survey_response') }} as answers
        on population.member_id = answers.member_id
        and answers.survey_type = 'csat'
        and answers.answered_on >= population.cohort_month
        and answers.answered_on < population.until_on
    group by population.strategy, population.cohort_month, population.member_id
),

final as (
    {{ strategy_measures() }}
)

select * from final
