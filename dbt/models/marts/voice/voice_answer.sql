-- One row: an answer with a score to an NPS or CSAT survey, and how it counts. The tier is the one
-- held, the segment the RFM segment of the month before, when the answer was given.
with final as (
    select
        answers.survey_response_key,
        answers.survey_type,
        answers.channel,
        answers.member_id,
        coalesce(answers.member_id, answers.record_key, answers.survey_response_key)
            as respondent_key,
        answers.asked_at,
        answers.answered_at,
        answers.answered_on,
        {{ month_start('answers.answered_on') }} as answered_month,
        cast(answers.score as double) as score,
        coalesce(tiers.tier_code, 'none') as tier_code,
        coalesce(segments.segment, 'none') as segment,
        answers.survey_type = 'nps' and answers.score >= rules.promoter_from as is_promoter,
        answers.survey_type = 'nps' and answers.score <= rules.detractor_to as is_detractor,
        answers.survey_type = 'csat' and answers.score >= rules.satisfied_from as is_satisfied,
        case
            when answers.survey_type = 'nps' and answers.score >= rules.promoter_from then 1
            when answers.survey_type = 'nps' and answers.score <= rules.detractor_to then -1
            else 0
        end as net_weight
    from {{ ref('fct_survey_response') }} as answers
    cross join {{ ref('voice_rules') }} as rules
    left join {{ ref('member_tier_history') }} as tiers
        on answers.member_id = tiers.member_id
        and answers.answered_at >= tiers.valid_from
        and (answers.answered_at < tiers.valid_to or tiers.valid_to is null)
    left join {{ ref('member_rfm_monthly') }} as segments
        on answers.member_id = segments.member_id
        and {{ add_days(month_start('answers.answered_on'), -1) }} = segments.month_end
    where answers.survey_type in ('nps', 'csat') and answers.score is not null
)

select * from final
