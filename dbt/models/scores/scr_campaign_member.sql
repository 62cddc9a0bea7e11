-- One row: a member a campaign contacted, or held out, and from when to when what the member does
-- counts. Who is contacted and held out by one campaign is in neither group.
with contacted as (
    select
        campaign_key,
        member_id,
        bool_and(is_control) as is_control,
        bool_and(is_control) <> bool_or(is_control) as is_in_both,
        min(sent_at) as contacted_at
    from {{ ref('fct_touch') }}
    where member_id is not null
    group by campaign_key, member_id
),

final as (
    select
        contacted.campaign_key,
        contacted.member_id,
        case when not contacted.is_in_both then contacted.is_control end as is_control,
        contacted.contacted_at as counts_from,
        {{ dbt.dateadd('day', 'rules.outcome_days', 'contacted.contacted_at') }} as counts_until
    from contacted
    cross join {{ ref('marketing_rules') }} as rules
)

select * from final
