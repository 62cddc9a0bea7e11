-- One row: an instant at which a member's earnings meet the upgrade standard of a tier, and the
-- highest such tier. It is no tier held: who held more before keeps it until its window ends.
with standards as (
    select distinct upgrade_metric as metric, upgrade_window_days as window_days
    from {{ ref('tier_rules') }}
    where upgrade_metric is not null
),

-- what enters, and leaves again when its day falls out of the window
counted as (
    select
        earnings.member_id,
        standards.metric,
        standards.window_days,
        earnings.known_at as entered_at,
        {{ business_day_start(add_days('earnings.counts_on', 'standards.window_days')) }}
            as leaves_at,
        earnings.amount
    from {{ ref('tier_earning') }} as earnings
    inner join standards on earnings.metric = standards.metric
),

instants as (
    {{ tier_instants() }}
),

movements as (
    select member_id, metric, window_days, entered_at as met_at, amount, false as is_asked
    from counted
    where coalesce(leaves_at > entered_at, true)
    union all
    select member_id, metric, window_days, leaves_at as met_at, -amount as amount, false as is_asked
    from counted
    where leaves_at > entered_at and leaves_at < {{ as_of_end() }}
    union all
    select
        instants.member_id, standards.metric, standards.window_days, instants.met_at,
        cast(0 as decimal(18, 2)) as amount, true as is_asked
    from instants
    cross join standards
),

sums as (
    select
        member_id, metric, window_days, met_at, is_asked,
        sum(amount) over (
            partition by member_id, metric, window_days order by met_at asc nulls last
            range between unbounded preceding and current row
        ) as earned
    from movements
),

met as (
    select sums.member_id, sums.met_at, max(rules.tier_rank) as tier_rank
    from sums
    inner join {{ ref('tier_rules') }} as rules
        on sums.metric = rules.upgrade_metric
        and coalesce(sums.window_days = rules.upgrade_window_days,
            rules.upgrade_window_days is null and sums.window_days is null)
        and sums.earned >= rules.upgrade_threshold
        and {{ rule_in_force('rules', business_date('sums.met_at')) }}
    where sums.is_asked
    group by sums.member_id, sums.met_at
),

final as (
    select met.member_id, met.met_at, met.tier_rank, instants.reason
    from met
    inner join instants on met.member_id = instants.member_id and met.met_at = instants.met_at
)

select * from final
