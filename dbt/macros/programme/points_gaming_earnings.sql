{#-
    What each member earned, how much of it without buying, and how regular the check-ins are: the
    spread (standard deviation) of their times of day, seconds.
-#}
{% macro points_gaming_earnings() -%}
    select
        member_id,
        sum(points) as points,
        sum(case when reason = 'purchase' then 0 else points end) as unbought_points,
        count(case when reason = 'checkin' then 1 end) as checkin_count,
        stddev_pop(case
            when reason = 'checkin' then
                extract(hour from happened_at) * 3600 + extract(minute from happened_at) * 60
                + extract(second from happened_at)
        end) as checkin_spread_seconds
    from {{ ref('points_step') }}
    where effect = 'earn'
    group by member_id
{%- endmacro %}
