-- One row: a business day from the first day anything happened to as_of.
{%- set clocks = {
    'fct_order': 'ordered_on',
    'fct_refund': 'refunded_on',
    'fct_event': 'occurred_on',
    'fct_touch': 'sent_on',
    'fct_coupon': 'issued_on',
    'fct_points_entry': 'occurred_on',
    'fct_survey_response': 'answered_on',
    'fct_referral': 'referred_on',
    'fct_content': 'created_on',
    'fct_community_activity': 'occurred_on',
    'fct_community_membership': 'joined_on',
    'fct_marketing_cost': 'spent_on',
    'fct_service_ticket': 'opened_on',
    'fct_benefit_grant': 'granted_on',
} %}

with first_days as (
    {%- for fact, day in clocks.items() %}
    select min({{ day }}) as first_on from {{ ref(fact) }}
    union all
    {%- endfor %}
    select {{ as_of() }} as first_on
),

bounds as (
    select min(first_on) as first_on from first_days
),

days as (
    {{ date_series('(select first_on from bounds)', as_of()) }}
),

final as (
    select
        day as date_day,
        cast(extract(year from day) as integer) as year_number,
        cast(extract(quarter from day) as integer) as quarter_number,
        cast(extract(month from day) as integer) as month_number,
        cast(extract(day from day) as integer) as day_number,
        {{ day_of_week('day') }} as iso_weekday,
        cast({{ dbt.date_trunc('week', 'day') }} as date) as week_start,
        {{ month_start('day') }} as month_start,
        {{ month_end('day') }} as month_end
    from days
)

select * from final
