-- One row: a time during which a member held one tier, and why it began. The tier is the higher of
-- what was earned (tier_path) and what was given by hand while the grant lasts.
with states as (
    select
        *,
        lag(tier_rank) over (
            partition by member_id order by state_no asc nulls last
        ) as previous_rank
    from {{ ref('tier_path') }}
),

earned as (
    select
        member_id,
        began_at,
        tier_rank,
        reason,
        lead(began_at) over (
            partition by member_id order by state_no asc nulls last
        ) as until_at
    from states
    where previous_rank is null or previous_rank <> tier_rank
),

granted as (
    {{ tier_grant_spans() }}
),

boundaries as (
    select member_id, began_at from earned
    union
    select member_id, began_at from granted
    union
    select member_id, until_at as began_at from granted where until_at < {{ as_of_end() }}
),

held as (
    select
        boundaries.member_id,
        boundaries.began_at,
        earned.tier_rank as earned_rank,
        max(case
            when earned.began_at = boundaries.began_at then earned.reason
        end) as earned_reason,
        greatest(earned.tier_rank, coalesce(max(granted.tier_rank), 0)) as tier_rank
    from boundaries
    inner join earned
        on boundaries.member_id = earned.member_id
        and boundaries.began_at >= earned.began_at
        and coalesce(boundaries.began_at < earned.until_at, true)
    left join granted
        on boundaries.member_id = granted.member_id
        and boundaries.began_at >= granted.began_at
        and boundaries.began_at < granted.until_at
    group by boundaries.member_id, boundaries.began_at, earned.tier_rank
),

compared as (
    select
        *,
        lag(tier_rank) over (
            partition by member_id order by began_at asc nulls last
        ) as previous_rank
    from held
),

versions as (
    select
        *,
        lead(began_at) over (partition by member_id order by began_at asc nulls last) as next_at
    from compared
    where previous_rank is null or previous_rank <> tier_rank
),

final as (
    select
        versions.member_id,
        cast(row_number() over (
            partition by versions.member_id order by versions.began_at asc nulls last
        ) as integer) as version_no,
        versions.tier_rank,
        rules.tier_code,
        rules.tier_name,
        rules.tier_name_zh,
        versions.began_at as valid_from,
        versions.next_at as valid_to,
        versions.next_at is null as is_current,
        case
            when versions.tier_rank > versions.earned_rank then 'manual'
            else coalesce(versions.earned_reason, 'manual')
        end as reason,
        versions.tier_rank > versions.earned_rank as is_manual
    from versions
    left join {{ ref('tier_rules') }} as rules
        on versions.tier_rank = rules.tier_rank
        and {{ rule_in_force('rules', business_date('versions.began_at')) }}
)

select * from final
