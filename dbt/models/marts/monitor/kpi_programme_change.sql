-- One row: a day, a slice and a series of tiers, points, answers and churn: by how much it changed
-- that day. Churn and the liability are known at ends of months, and as_of in the running one.
with calendar as (
    select min(date_day) as first_on from {{ ref('dim_date') }}
),

tiers as (
    select
        histories.tier_code,
        greatest({{ business_date('histories.valid_from') }}, calendar.first_on) as begins_on,
        case
            when histories.valid_to is not null
                then greatest({{ business_date('histories.valid_to') }}, calendar.first_on)
        end as ends_on
    from {{ ref('member_tier_history') }} as histories
    cross join calendar
),

newest as (
    select
        answers.survey_response_key,
        answers.survey_type,
        answers.net_weight,
        answers.is_satisfied,
        answers.answered_on,
        {{ add_days('answers.answered_on', 'rules.voice_days') }} as expires_on,
        lead(answers.answered_on) over (
            partition by answers.survey_type, answers.respondent_key
            order by answers.answered_at asc nulls last, answers.survey_response_key asc nulls last
        ) as next_on
    from {{ ref('voice_answer') }} as answers
    cross join {{ ref('kpi_rules') }} as rules
),

answers as (
    select newest.*, slices.slice_type, slices.slice
    from newest
    inner join {{ ref('voice_answer_slice') }} as slices
        on newest.survey_response_key = slices.survey_response_key
    where slices.slice_type in ('all', 'channel')
),

spans as (
    select 'all' as slice_type, 'all' as slice, 'tier_members' as series, 1 as weight,
        begins_on, ends_on
    from tiers
    union all
    select 'tier' as slice_type, tier_code as slice, 'tier_members' as series, 1 as weight,
        begins_on, ends_on
    from tiers
    {%- for series, survey_type, weight in [
        ('nps_net', 'nps', 'net_weight'),
        ('nps_respondents', 'nps', '1'),
        ('csat_satisfied', 'csat', 'case when is_satisfied then 1 else 0 end'),
        ('csat_respondents', 'csat', '1'),
    ] %}
    union all
    select slice_type, slice, '{{ series }}' as series, {{ weight }} as weight,
        answered_on as begins_on,
        least(coalesce(next_on, expires_on), expires_on) as ends_on
    from answers
    where survey_type = '{{ survey_type }}'
    {%- endfor %}
),

stages as (
    select
        months.state_on as changed_on,
        count(case when stages.is_lost then 1 end) as churned_members,
        count(*) as retained_members
    from {{ ref('member_lifecycle_monthly') }} as months
    inner join (select distinct stage, is_lost from {{ ref('lifecycle_rules') }}) as stages
        on months.stage = stages.stage
    inner join (
        select distinct stage from {{ ref('lifecycle_rules') }} where is_buyer and not is_lost
    ) as retained
        on months.previous_stage = retained.stage
    group by months.state_on
),

liabilities as (
    select
        least({{ month_end('movement_month') }}, {{ as_of() }}) as changed_on,
        liability_amount
        - lag(liability_amount, 1, 0) over (order by movement_month asc nulls last) as change
    from {{ ref('points_movement') }}
),

moves as (
    {{ kpi_changes_of_spans('spans') }}
    union all
    select happened_on, 'all', 'all', 'points_issued', points
    from {{ ref('points_step') }}
    where movement = 'earned'
    union all
    select happened_on, 'all', 'all', 'points_redeemed',
        case when effect = 'return' then -points else points end
    from {{ ref('points_step') }}
    where movement = 'redeemed' and effect in ('spend', 'return')
    union all
    select changed_on, 'all', 'all', 'churned_members', churned_members
    from stages
    union all
    select changed_on, 'all', 'all', 'retained_members', retained_members
    from stages
    union all
    select changed_on, 'all', 'all', 'points_liability', change
    from liabilities
),

final as (
    {{ kpi_daily_changes('moves') }}
)

select * from final
