{#-
    What each member earned, how much of it without buying, and how regular the check-ins are: half
    of them lie within so many seconds of the member's usual time of day (median absolute deviation,
    which a few check-ins by hand do not hide).
-#}
{% macro points_gaming_earnings() -%}
    select
        members.member_id,
        members.points,
        members.unbought_points,
        members.checkin_count,
        spreads.checkin_spread_seconds
    from (
        select
            member_id,
            sum(points) as points,
            sum(case when reason = 'purchase' then 0 else points end) as unbought_points,
            count(case when reason = 'checkin' then 1 end) as checkin_count
        from {{ ref('points_step') }}
        where effect = 'earn'
        group by member_id
    ) as members
    left join (
        select times.member_id, median(abs(times.second_of_day - usual.second_of_day))
                as checkin_spread_seconds
        from ({{ points_checkin_seconds() }}) as times
        inner join (
            select member_id, median(second_of_day) as second_of_day
            from ({{ points_checkin_seconds() }}) as all_times
            group by member_id
        ) as usual on times.member_id = usual.member_id
        group by times.member_id
    ) as spreads on members.member_id = spreads.member_id
{%- endmacro %}
