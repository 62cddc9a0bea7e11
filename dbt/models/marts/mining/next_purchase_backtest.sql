-- One row: a figure expected of a buyer's next purchase (category, day, amount), judged on the last
-- purchase day of every buyer with at least two, which is held back from all that is known.
with rules as (
    select * from {{ ref('next_purchase_rules') }}
),

lines as (
    {{ bought_lines() }}
),

last_days as (
    select member_id, max(ordered_on) as last_on
    from lines
    group by member_id
    having max(ordered_on) > min(ordered_on)
),

history as (
    select lines.member_id, lines.category, lines.ordered_on, lines.net_revenue
    from lines
    left join last_days on lines.member_id = last_days.member_id
    where last_days.last_on is null or lines.ordered_on < last_days.last_on
),

{{ expected_purchases() }},

held_out as (
    select
        last_days.member_id,
        max(case when lines.category = likely.category then 1 else 0 end) as is_hit,
        max(case when lines.category = popular.category then 1 else 0 end) as is_popular_hit,
        sum(lines.net_revenue) as net_revenue
    from last_days
    inner join lines
        on last_days.member_id = lines.member_id and last_days.last_on = lines.ordered_on
    inner join likely on last_days.member_id = likely.member_id
    inner join popular on popular.place = 1
    group by last_days.member_id
),

amounts as (
    select
        held_out.*,
        abs(held_out.net_revenue - usual.amount) as error,
        abs(held_out.net_revenue - everybody.mean_amount) as everybodys_error
    from held_out
    inner join usual on held_out.member_id = usual.member_id
    cross join (select avg(net_revenue) as mean_amount from day_amounts) as everybody
),

known_gaps as (
    select
        member_id,
        {{ days_between('ordered_on', "lead(ordered_on) over (
            partition by member_id order by ordered_on asc nulls last
        )") }} as gap_days
    from day_amounts
),

rhythms as (
    select
        day_amounts.member_id,
        max(day_amounts.ordered_on) as ordered_on,
        max(gaps.gap_count) as gap_count,
        max(gaps.own_cycle_days) as own_cycle_days
    from day_amounts
    inner join (
        select
            member_id,
            count(gap_days) as gap_count,
            cast(median(gap_days) as double) as own_cycle_days
        from known_gaps
        group by member_id
    ) as gaps on day_amounts.member_id = gaps.member_id
    group by day_amounts.member_id
),

-- who bought once has no gap of its own: what all do is expected, and nothing is judged
gaps as (
    select
        abs(
            {{ days_between('rhythms.ordered_on', 'last_days.last_on') }}
            - {{ cycle_days('rhythms.gap_count', 'rhythms.own_cycle_days',
                'everybody.cycle_days', 'cycle_rules') }}
        ) as error,
        abs(
            {{ days_between('rhythms.ordered_on', 'last_days.last_on') }} - everybody.cycle_days
        ) as everybodys_error
    from rhythms
    inner join last_days on rhythms.member_id = last_days.member_id
    cross join {{ ref('purchase_cycle_rules') }} as cycle_rules
    cross join (
        select cast(median(gap_days) as double) as cycle_days from known_gaps
    ) as everybody
    where rhythms.gap_count > 0
),

measures as (
    select
        'category_hit_rate' as measure, true as is_more_better, count(*) as members,
        cast(avg(is_hit) as double) as value, cast(avg(is_popular_hit) as double) as baseline
    from held_out
    union all
    select
        'days_off' as measure, false as is_more_better, count(*) as members,
        cast(median(error) as double) as value, cast(median(everybodys_error) as double) as baseline
    from gaps
    union all
    select
        'amount_off' as measure, false as is_more_better, count(*) as members,
        cast(median(error) as double) as value, cast(median(everybodys_error) as double) as baseline
    from amounts
),

final as (
    select
        measure,
        {{ as_of() }} as as_of,
        is_more_better,
        members,
        value,
        baseline
    from measures
)

select * from final
