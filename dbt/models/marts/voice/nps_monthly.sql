-- One row: a month and a slice: the net promoter score over the newest answer of each respondent.
-- The margin of error is that of a difference of two shares of one sample. The response rate is
-- over who was asked by survey campaigns in the month or answered; else it is unknown.
with newest as (
    {{ voice_newest('nps') }}
),

counted as (
    select
        month,
        slice_type,
        slice,
        count(*) as responses,
        count(case when is_promoter then 1 end) as promoters,
        count(case when is_detractor then 1 end) as detractors
    from newest
    group by month, slice_type, slice
),

invited as (
    select distinct {{ month_start('touches.sent_on') }} as month, touches.member_id
    from {{ ref('fct_touch') }} as touches
    inner join {{ ref('dim_campaign') }} as campaigns
        on touches.campaign_key = campaigns.campaign_key
    inner join {{ ref('voice_rules') }} as rules on campaigns.objective = rules.survey_objective
    where touches.member_id is not null and not coalesce(touches.is_control, false)
),

asked as (
    select month, count(distinct respondent_key) as asked
    from (
        select month, member_id as respondent_key from invited
        union all
        select answers.answered_month as month, answers.respondent_key
        from {{ ref('voice_answer') }} as answers
        where answers.survey_type = 'nps'
            and answers.answered_month in (select month from invited)
    ) as people
    group by month
),

shares as (
    select
        counted.*,
        {{ safe_divide('promoters', 'responses') }} as promoter_share,
        {{ safe_divide('detractors', 'responses') }} as detractor_share,
        rules.confidence_z
    from counted
    cross join {{ ref('voice_rules') }} as rules
),

final as (
    select
        shares.month,
        shares.slice_type,
        shares.slice,
        shares.responses,
        shares.promoters,
        shares.responses - shares.promoters - shares.detractors as passives,
        shares.detractors,
        100 * {{ safe_divide('shares.promoters - shares.detractors', 'shares.responses') }} as nps,
        100 * shares.confidence_z * sqrt(greatest(
            shares.promoter_share + shares.detractor_share
            - (shares.promoter_share - shares.detractor_share)
            * (shares.promoter_share - shares.detractor_share), 0
        ) / nullif(shares.responses, 0)) as margin_of_error,
        asked.asked,
        {{ safe_divide('shares.responses', 'asked.asked') }} as response_rate
    from shares
    left join asked on shares.month = asked.month and shares.slice_type = 'all'
)

select * from final
