-- One row is an id of a product, store, campaign or partner whose meaning this run may change:
-- whoever refers to it, in any channel, must be computed again.
-- Touched is what is new, what differs from the published state in an attribute that facts
-- carry, and what was delivered again or late and may become visible only now.
-- A newer version that says the same touches nothing.

{%- set carried = {
    'product': [
        'category', 'subcategory', 'brand', 'color', 'style', 'list_price', 'unit_cost',
    ],
    'store': [],
    'campaign': ['partner_id'],
    'partner': [],
} %}

{%- for reference, attributes in carried.items() %}
    {%- set entity = reference ~ 's' %}
    {%- set id = reference ~ '_id' %}
    {%- set state = state_of('cfm_' ~ entity) %}
select distinct
    '{{ reference }}' as reference,
    delivered.{{ id }} as reference_id
from (
    {{ union_formats(entity, ['channel', id, 'updated_at'] + attributes) }}
) as delivered
    {%- if state %}
left join {{ state }} as state
    on delivered.channel = state.channel and delivered.{{ id }} = state.{{ id }}
where
    state.{{ id }} is null
    or (
        state.updated_at is not null
        and (delivered.updated_at is null or delivered.updated_at <= state.updated_at)
    )
        {%- for attribute in attributes %}
    or delivered.{{ attribute }} is distinct from state.{{ attribute }}
        {%- endfor %}
    {%- endif %}
{{ 'union all' if not loop.last }}
{%- endfor %}
