-- One row: the members of a first-order month, of all channels or of the channel of their first
-- order, in one later month. Their activity counts in every channel. Months not begun have no row.
-- Other slices are in cohort_retention_slice.
with final as (
    select
        cohort_month,
        slice as channel,
        month_number,
        active_month,
        is_complete,
        cohort_size,
        active_members,
        retention_rate,
        net_revenue,
        cumulative_revenue_per_member
    from {{ ref('cohort_retention_slice') }}
    where slice_type in ('all', 'channel')
)

select * from final
