-- One row: a day on which a member bought, with the rhythm as it was known from that day until the
-- next purchase. Later purchases change no row but the last one's end.
with days as (
    select distinct member_id, ordered_on as purchased_on
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

numbered as (
    select
        member_id,
        purchased_on,
        lead(purchased_on) over by_day as next_purchased_on,
        row_number() over by_day as purchase_number,
        {{ days_between('lag(purchased_on) over by_day', 'purchased_on') }} as gap_days
    from days
    window by_day as (partition by member_id order by purchased_on asc nulls last)
),

medians as (
    select
        known.member_id,
        known.purchased_on,
        count(earlier.gap_days) as gap_count,
        cast(median(earlier.gap_days) as double) as own_cycle_days
    from numbered as known
    inner join numbered as earlier
        on known.member_id = earlier.member_id
        and known.purchase_number >= earlier.purchase_number
    group by known.member_id, known.purchased_on
),

cycles as (
    select
        numbered.*,
        medians.gap_count,
        medians.own_cycle_days,
        least(
            greatest(
                {{ cycle_days(
                    'medians.gap_count',
                    'medians.own_cycle_days',
                    'measures.default_cycle_days',
                    'cycle_rules',
                ) }},
                measures.min_cycle_days
            ),
            measures.max_cycle_days
        ) as cycle_days,
        measures.return_silence_ratio
    from numbered
    inner join medians
        on numbered.member_id = medians.member_id
        and numbered.purchased_on = medians.purchased_on
    cross join {{ ref('lifecycle_measure_rules') }} as measures
    cross join {{ ref('purchase_cycle_rules') }} as cycle_rules
),

silences as (
    select
        *,
        {{ safe_divide('gap_days', "lag(cycle_days) over (
            partition by member_id order by purchase_number asc nulls last
        )") }} as silence_ratio_before
    from cycles
),

final as (
    select
        member_id,
        purchased_on,
        next_purchased_on,
        purchase_number,
        gap_days,
        gap_count,
        own_cycle_days,
        cast(cycle_days as double) as cycle_days,
        silence_ratio_before,
        coalesce(silence_ratio_before >= return_silence_ratio, false) as is_return
    from silences
)

select * from final
