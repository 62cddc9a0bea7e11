-- One row: a month's end, a segment of the month before and a segment on it, and the buyers who
-- went from one to the other. Who bought first in the month comes from `new`.
with placed as (
    select
        member_id,
        month_end,
        segment,
        segment_zh,
        coalesce(lag(segment) over by_month, 'new') as from_segment,
        coalesce(lag(segment_zh) over by_month, '新购买者') as from_segment_zh
    from {{ ref('member_rfm_monthly') }}
    window by_month as (partition by member_id order by month_end asc nulls last)
),

moves as (
    select
        month_end,
        from_segment,
        from_segment_zh,
        segment as to_segment,
        segment_zh as to_segment_zh,
        count(*) as members
    from placed
    group by month_end, from_segment, from_segment_zh, segment, segment_zh
),

final as (
    select
        {{ month_start('month_end') }} as month,
        from_segment,
        from_segment_zh,
        to_segment,
        to_segment_zh,
        members,
        cast(sum(members) over (partition by month_end, from_segment) as bigint)
            as from_members,
        {{ safe_divide(
            'members', 'sum(members) over (partition by month_end, from_segment)'
        ) }} as share
    from moves
)

select * from final
