{#-
    CTEs with what was known of each member of `timed` at its cut besides the orders: visits (days in
    two neighbouring windows), tickets, money (paid and refunded so far), touches.
-#}
{% macro churn_facts(timed) -%}
{%- set windows = {
    'later': ['0', 'timed.activity_days'],
    'earlier': ['timed.activity_days', 'timed.activity_days + timed.activity_days'],
} -%}
{%- set age = days_between('events.occurred_on', 'timed.cut_on') -%}
visits as (
    select
        timed.cut_number,
        timed.member_id,
        {%- for name, ends in windows.items() %}
        count(distinct case when {{ age }} >= {{ ends[0] }} and {{ age }} < {{ ends[1] }}
            then events.occurred_on end) as {{ name }}_days{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ timed }} as timed
    inner join (
        select distinct member_id, occurred_on from {{ ref('fct_event') }}
    ) as events
        on timed.member_id = events.member_id and events.occurred_on <= timed.cut_on
    group by timed.cut_number, timed.member_id
),

{{ counted_issues('tickets', 'complaints', 'fct_service_ticket', 'opened_on', 'is_complaint') }},

{{ counted_issues('touches', 'unsubscribes', 'fct_touch',
    business_date('unsubscribed_at'), 'unsubscribed_at is not null') }},

money as (
    select cut_number, member_id, sum(paid) as paid, sum(refunded) as refunded
    from ({{ paid_and_refunded(timed) }}) as amounts
    group by cut_number, member_id
)
{%- endmacro %}
