-- One row: what a member should have earned with an order, or with a kind of deed in a month, by
-- the earn rules, beside what the ledger booked, and why they differ.
with orders as (
    {{ points_expected_of_orders() }}
),

deeds as (
    {{ points_expected_of_deeds() }}
),

checked as (
    select * from orders
    union all
    select * from deeds
),

final as (
    select
        check_key,
        member_id,
        reason,
        order_key,
        earned_month,
        cast(expected_points as decimal(18, 2)) as expected_points,
        cast(actual_points as decimal(18, 2)) as actual_points,
        cast(expected_reversed as decimal(18, 2)) as expected_reversed,
        cast(actual_reversed as decimal(18, 2)) as actual_reversed,
        cast(
            actual_points - actual_reversed - expected_points + expected_reversed
        as decimal(18, 2)) as difference,
        case
            when actual_points = expected_points and actual_reversed = expected_reversed
                then 'matches'
            when not has_rule then 'no_rule'
            when not is_known then 'order_unknown'
            when not is_enrolled then 'before_joining'
            when actual_points = 0 and is_pending then 'pending'
            when actual_points = 0 and expected_points > 0 then 'not_booked'
            when actual_points > expected_points and is_capped then 'above_cap'
            when actual_points <> expected_points then 'amount_differs'
            else 'reversal_differs'
        end as difference_reason
    from checked
)

select * from final
