{#- Rows of one key are never valid on the same day; the last day is included, NULL is open. -#}
{% test windows_do_not_overlap(model, key, valid_from='valid_from', valid_to='valid_to') %}
with ordered as (
    select
        {{ key | join(', ') }},
        {{ valid_from }} as valid_from,
        lag(coalesce({{ valid_to }}, cast('9999-12-31' as date))) over (
            partition by {{ key | join(', ') }}
            order by {{ valid_from }} asc nulls first, {{ valid_to }} asc nulls last
        ) as previous_valid_to
    from {{ model }}
)

select * from ordered
where valid_from <= previous_valid_to
{% endtest %}
