-- One row: a buyer, a feature and the step of it, from 0 to grid_steps between the caps of today.
with values_now as (
    select
        members.feature,
        members.feature_value,
        row_number() over (
            partition by members.feature
            order by members.feature_value asc nulls last, members.member_id asc nulls last
        ) as place,
        count(*) over (partition by members.feature) as buyers
    from {{ ref('scr_cluster_member') }} as members
    where members.cut_number = 0
),

caps as (
    select
        values_now.feature,
        max(rules.grid_steps) as grid_steps,
        min(case
            when values_now.place > rules.cap_share * values_now.buyers
                then values_now.feature_value
        end) as low,
        max(case
            when values_now.place <= (1 - rules.cap_share) * values_now.buyers
                then values_now.feature_value
        end) as high
    from values_now
    cross join {{ ref('cluster_rules') }} as rules
    group by values_now.feature
),

final as (
    select
        members.cut_number,
        members.member_id,
        members.feature,
        coalesce(cast(round(
            caps.grid_steps
            * (least(greatest(members.feature_value, caps.low), caps.high) - caps.low)
            / nullif(caps.high - caps.low, 0), 0
        ) as integer), 0) as step
    from {{ ref('scr_cluster_member') }} as members
    inner join caps on members.feature = caps.feature
)

select * from final
