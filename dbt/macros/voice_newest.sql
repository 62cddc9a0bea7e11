{#-
    The newest answer of each respondent in a month, once for every slice it counts in: so the
    slices of a kind add up to all.
-#}
{% macro voice_newest(survey_type) -%}
    select
        ranked.answered_month as month,
        slices.slice_type,
        slices.slice,
        ranked.score,
        ranked.is_promoter,
        ranked.is_detractor,
        ranked.is_satisfied
    from (
        select
            answers.*,
            row_number() over (
                partition by answers.respondent_key, answers.answered_month
                order by
                    answers.answered_at desc nulls last,
                    answers.survey_response_key desc nulls last
            ) as newest_number
        from {{ ref('voice_answer') }} as answers
        where answers.survey_type = '{{ survey_type }}'
    ) as ranked
    inner join {{ ref('voice_answer_slice') }} as slices
        on ranked.survey_response_key = slices.survey_response_key
    where ranked.newest_number = 1
{%- endmacro %}
