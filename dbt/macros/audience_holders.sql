{#-
    A query of the members a row of audience_rules.csv holds at as_of, each with the reason.

    audience: the row, checked when the run was planned.
-#}
{% macro audience_holders(audience) -%}
    select
        '{{ audience.audience_code }}' as audience_code,
        member_id,
        cast({{ audience.reason }} as varchar) as reason,
        cast({{ audience.since or 'null' }} as date) as since_on
    from {{ ref('member_profile') }}
    where ({{ audience.condition }})
        and {{ as_of() }} >= cast('{{ audience.valid_from }}' as date)
        {%- if audience.valid_to %}
        and {{ as_of() }} <= cast('{{ audience.valid_to }}' as date)
        {%- endif %}
{%- endmacro %}
