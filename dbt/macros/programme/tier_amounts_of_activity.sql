{#- Metric activity: business days on which the member did anything; a day counts once. -#}
{% macro tier_amounts_of_activity(joined) -%}
    select
        member_id,
        'activity' as metric,
        min(entered_at) as known_at,
        min(entered_at) as entered_at,
        occurred_on as counts_on,
        'activity' as cause,
        cast(1 as decimal(18, 2)) as amount
    from (
        select
            events.member_id,
            events.occurred_on,
            {{ latest_of('events.occurred_at', 'joined.joined_at') }} as entered_at
        from {{ ref('fct_event') }} as events
        left join {{ joined }} as joined on events.record_key = joined.record_key
        where events.member_id is not null
    ) as events
    group by member_id, occurred_on
{%- endmacro %}
