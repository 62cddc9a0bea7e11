{#- The time of day of every rewarded check-in, seconds since midnight of the business day. -#}
{% macro points_checkin_seconds() -%}
    select
        member_id,
        cast(
            extract(hour from {{ business_time('happened_at') }}) * 3600
            + extract(minute from {{ business_time('happened_at') }}) * 60
            + extract(second from {{ business_time('happened_at') }})
        as double) as second_of_day
    from {{ ref('points_step') }}
    where effect = 'earn' and reason = 'checkin'
{%- endmacro %}
