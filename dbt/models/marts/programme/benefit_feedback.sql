-- One row: a benefit and a tier: what members said of it in benefit surveys.
-- The tier is the one held when the answer was given.
with answers as (
    select
        responses.subject as benefit_code,
        coalesce(tiers.tier_code, 'none') as tier_code,
        responses.member_id,
        responses.score
    from {{ ref('fct_survey_response') }} as responses
    left join {{ ref('member_tier_history') }} as tiers
        on responses.member_id = tiers.member_id
        and responses.answered_at >= tiers.valid_from
        and (responses.answered_at < tiers.valid_to or tiers.valid_to is null)
    where responses.survey_type = 'benefit' and responses.score is not null
),

final as (
    select
        coalesce(answers.benefit_code, 'unknown') as benefit_code,
        answers.tier_code,
        max(benefits.benefit_name_zh) as benefit_name_zh,
        count(*) as responses,
        count(distinct answers.member_id) as members,
        cast(avg(answers.score) as double) as average_score,
        {{ safe_divide('count(case when answers.score >= rules.satisfied_from then 1 end)',
            'count(*)') }} as satisfied_rate
    from answers
    cross join {{ ref('programme_rules') }} as rules
    left join (
        select benefit_code, max(benefit_name_zh) as benefit_name_zh
        from {{ ref('tier_benefits') }}
        group by benefit_code
    ) as benefits on answers.benefit_code = benefits.benefit_code
    group by coalesce(answers.benefit_code, 'unknown'), answers.tier_code
)

select * from final
