-- One row: a business day, its first-time buyers and its repeat purchase days.
with days as (
    select
        member_id,
        moved_on,
        min(moved_on) over (partition by member_id) as first_on
    from {{ ref('scr_purchase_day') }}
    where is_purchase
),

final as (
    select
        moved_on,
        {{ days_between('moved_on', as_of()) }} as days_ago,
        count(case when moved_on = first_on then member_id end) as first_buyers,
        count(case when moved_on > first_on then member_id end) as repeat_purchases
    from days
    group by moved_on
)

select * from final
