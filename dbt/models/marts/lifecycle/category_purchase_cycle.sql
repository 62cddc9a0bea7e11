-- One row: a category, or 'all', and how long members take until they buy again.
with lines as (
    {{ bought_lines() }}
),

days as (
    select distinct member_id, category, ordered_on
    from lines
    where category is not null
    union
    select distinct member_id, 'all' as category, ordered_on
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

any_day as (
    select
        member_id,
        ordered_on,
        lead(ordered_on) over (
            partition by member_id order by ordered_on asc nulls last
        ) as next_on
    from days
    where category = 'all'
),

gaps as (
    select
        days.member_id,
        days.category,
        {{ days_between('days.ordered_on', "lead(days.ordered_on) over (
            partition by days.member_id, days.category order by days.ordered_on asc nulls last
        )") }} as gap_days,
        {{ days_between('days.ordered_on', 'any_day.next_on') }} as any_gap_days
    from days
    inner join any_day
        on days.member_id = any_day.member_id and days.ordered_on = any_day.ordered_on
),

final as (
    select
        category,
        {{ as_of() }} as as_of,
        count(distinct member_id) as members,
        count(gap_days) as gap_count,
        cast(median(gap_days) as double) as cycle_days,
        count(any_gap_days) as any_gap_count,
        cast(median(any_gap_days) as double) as any_cycle_days
    from gaps
    group by category
)

select * from final
