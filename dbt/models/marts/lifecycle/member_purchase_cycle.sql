-- One row: a member with at least one valid order, and the rhythm of the distinct purchase days.
with orders as (
    select
        member_id,
        ordered_on,
        {{ day_of_week('ordered_on') }} as weekday,
        cast(extract(hour from {{ business_time('ordered_at') }}) as integer) as hour_of_day
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

days as (
    select distinct member_id, ordered_on
    from orders
),

gaps as (
    select
        member_id,
        ordered_on,
        {{ days_between('ordered_on', "lead(ordered_on) over (
            partition by member_id order by ordered_on asc nulls last
        )") }} as gap_days
    from days
),

rhythms as (
    select
        member_id,
        max(ordered_on) as last_ordered_on,
        count(gap_days) as gap_count,
        cast(median(gap_days) as double) as own_cycle_days
    from gaps
    group by member_id
),

main_category as (
    {{ main_categories() }}
),

{{ most_frequent('best_hours', 'orders', 'hour_of_day') }},

{{ most_frequent('best_weekdays', 'orders', 'weekday') }},

cycles as (
    select
        rhythms.*,
        main_category.category as main_category,
        category_cycle.any_cycle_days is not null as has_category_cycle,
        rules.enough_gaps,
        {{ cycle_days(
            'rhythms.gap_count',
            'rhythms.own_cycle_days',
            'coalesce(category_cycle.any_cycle_days, all_cycle.any_cycle_days)',
            'rules',
        ) }} as cycle_days
    from rhythms
    cross join {{ ref('purchase_cycle_rules') }} as rules
    left join main_category on rhythms.member_id = main_category.member_id
    left join {{ ref('category_purchase_cycle') }} as category_cycle
        on main_category.category = category_cycle.category
        and category_cycle.any_gap_count >= rules.min_category_gaps
    left join {{ ref('category_purchase_cycle') }} as all_cycle on all_cycle.category = 'all'
),

final as (
    select
        cycles.member_id,
        {{ as_of() }} as as_of,
        cycles.last_ordered_on,
        cycles.gap_count,
        cycles.own_cycle_days,
        cycles.main_category,
        cycles.cycle_days,
        case
            when cycles.cycle_days is null then 'unknown'
            when cycles.gap_count >= cycles.enough_gaps then 'own'
            when cycles.gap_count > 0 then 'shrunk'
            when cycles.has_category_cycle then 'category'
            else 'all'
        end as cycle_basis,
        {{ add_days('cycles.last_ordered_on', 'cast(round(cycles.cycle_days, 0) as integer)') }}
            as expected_next_on,
        {{ safe_divide(days_between('cycles.last_ordered_on', as_of()), 'cycles.cycle_days') }}
            as overdue_ratio,
        best_hours.choice as best_hour,
        best_hours.support as best_hour_orders,
        {{ safe_divide('best_hours.support', 'best_hours.total') }} as best_hour_share,
        best_weekdays.choice as best_weekday,
        best_weekdays.support as best_weekday_orders,
        {{ safe_divide('best_weekdays.support', 'best_weekdays.total') }} as best_weekday_share
    from cycles
    left join best_hours on cycles.member_id = best_hours.member_id
    left join best_weekdays on cycles.member_id = best_weekdays.member_id
)

select * from final
