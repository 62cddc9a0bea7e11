-- One row: a day, a slice and a series of how many members there are, are active and buy: by how
-- much it changed that day. A member is in the slice of every channel that knows them, so the
-- channels add up to more than all.
with calendar as (
    select min(date_day) as first_on from {{ ref('dim_date') }}
),

records as (
    {{ kpi_sliced(ref('member_identity'), 'member_id, valid_from') }}
),

known as (
    select
        records.member_id,
        records.slice_type,
        records.slice,
        min({{ business_date('records.valid_from') }}) as seen_on
    from records
    group by records.member_id, records.slice_type, records.slice
),

bought as (
    select distinct member_id, channel, ordered_on as acted_on
    from {{ ref('fct_order') }}
    where is_valid and member_id is not null
),

acted as (
    select member_id, channel, acted_on from bought
    union
    select member_id, channel, occurred_on as acted_on
    from {{ ref('fct_event') }}
    where member_id is not null
),

acts as (
    select distinct 'active_members' as series, member_id, slice_type, slice, acted_on
    from ({{ kpi_sliced('acted', 'member_id, acted_on') }}) as acted
    union all
    select distinct 'buyers' as series, member_id, slice_type, slice, acted_on
    from ({{ kpi_sliced('bought', 'member_id, acted_on') }}) as bought
),

lasting as (
    select
        acts.*,
        case
            when acts.series = 'buyers' then rules.buyer_days
            else rules.active_days
        end as lasting_days,
        lag(acts.acted_on) over (
            partition by acts.series, acts.member_id, acts.slice_type, acts.slice
            order by acts.acted_on asc nulls last
        ) as previous_on,
        lead(acts.acted_on) over (
            partition by acts.series, acts.member_id, acts.slice_type, acts.slice
            order by acts.acted_on asc nulls last
        ) as next_on
    from acts
    cross join {{ ref('kpi_rules') }} as rules
),

spans as (
    -- until the next act, which has a span of its own
    select
        slice_type,
        slice,
        series,
        1 as weight,
        acted_on as begins_on,
        least(coalesce(next_on, {{ add_days('acted_on', 'lasting_days') }}),
            {{ add_days('acted_on', 'lasting_days') }}) as ends_on
    from lasting
    union all
    -- two purchase days lie within the window for as long as the one before does
    select
        slice_type,
        slice,
        'repeat_buyers' as series,
        1 as weight,
        acted_on as begins_on,
        least(coalesce(next_on, {{ add_days('previous_on', 'lasting_days') }}),
            {{ add_days('previous_on', 'lasting_days') }}) as ends_on
    from lasting
    where series = 'buyers' and {{ add_days('previous_on', 'lasting_days') }} > acted_on
),

moves as (
    {{ kpi_changes_of_spans('spans') }}
    union all
    -- who was known before the calendar begins is a member from its first day on
    select
        greatest(coalesce(known.seen_on, calendar.first_on), calendar.first_on) as changed_on,
        known.slice_type,
        known.slice,
        'members' as series,
        1 as change
    from known
    cross join calendar
    union all
    select known.seen_on as changed_on, known.slice_type, known.slice, 'new_members' as series, 1
    from known
    inner join calendar on known.seen_on >= calendar.first_on
),

final as (
    {{ kpi_daily_changes('moves') }}
)

select * from final
