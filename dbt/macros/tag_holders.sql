{#-
    A query of the rows of a tag's relation that are given the tag, on the days it is given: member,
    value, share, support, month (NULL where the relation has no past).

    tag: a row of tags.csv, checked when the run was planned; only_eligible: those who could have it.
-#}
{% macro tag_holders(tag, only_eligible=false) -%}
    {%- set is_monthly = tag.relation == 'member_profile_monthly' -%}
    {%- set state_on = 'state_on' if is_monthly else as_of() -%}
    select
        '{{ tag.tag_code }}' as tag_code,
        member_id,
        cast({{ tag.value or "'yes'" }} as varchar) as tag_value,
        cast({{ tag.share or 'null' }} as double) as share,
        cast({{ tag.support or 'null' }} as bigint) as support,
        {{ 'month' if is_monthly else 'cast(null as date)' }} as month
    from {{ ref(tag.relation) }}
    where ({{ tag.eligible or 'true' }})
        {%- if not only_eligible %}
        and ({{ tag.condition }})
        {%- endif %}
        and {{ state_on }} >= cast('{{ tag.valid_from }}' as date)
        {%- if tag.valid_to %}
        and {{ state_on }} <= cast('{{ tag.valid_to }}' as date)
        {%- endif %}
{%- endmacro %}
