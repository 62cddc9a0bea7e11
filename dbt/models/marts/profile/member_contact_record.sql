-- One row: a member, and how often the member was in touch besides buying: service, surveys,
-- community, recommendations, coupons. Counts are 0 where nothing is known.
{%- set counts = {
    'tickets': ['fct_service_ticket', 'member_id', 'true'],
    'complaints': ['fct_service_ticket', 'member_id', 'is_complaint'],
    'recent_complaints': [
        'fct_service_ticket', 'member_id',
        'is_complaint and opened_on > ' ~ add_days(as_of(), '-rules.recent_days'),
    ],
    'coupons_received': ['fct_coupon', 'member_id', 'received_at is not null'],
    'coupons_used': ['fct_coupon', 'member_id', 'used_at is not null'],
    'benefits_granted': ['fct_benefit_grant', 'member_id', 'true'],
    'benefits_used': ['fct_benefit_grant', 'member_id', 'used_at is not null'],
    'community_activities': ['fct_community_activity', 'member_id', 'true'],
    'contents': ['fct_content', 'member_id', 'true'],
    'members_referred': ['fct_referral', 'referrer_member_id', 'referred_member_id is not null'],
} %}

with counted as (
    {%- for measure, (fact, member, condition) in counts.items() %}
    select {{ member }} as member_id, '{{ measure }}' as measure, count(*) as entries
    from {{ ref(fact) }}
    {%- if 'rules.' in condition %}
    cross join {{ ref('profile_rules') }} as rules
    {%- endif %}
    where {{ condition }}
    group by {{ member }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
),

answers as (
    select
        member_id,
        score,
        row_number() over (
            partition by member_id
            order by answered_at desc nulls last, survey_response_key asc nulls last
        ) as answer_number
    from {{ ref('fct_survey_response') }}
    where survey_type = 'nps' and score is not null
),

final as (
    select
        members.member_id,
        {%- for measure in counts %}
        cast(
            coalesce(sum(case when counted.measure = '{{ measure }}' then counted.entries end), 0)
        as bigint) as {{ measure }},
        {%- endfor %}
        max(answers.score) as nps_score
    from {{ ref('dim_member') }} as members
    left join counted on members.member_id = counted.member_id
    left join answers on members.member_id = answers.member_id and answers.answer_number = 1
    group by members.member_id
)

select * from final
