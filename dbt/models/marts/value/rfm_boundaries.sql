-- One row: a score of a dimension as of this run, and the values it stands for:
-- lower < value <= upper, open where NULL. Equal values always get equal scores.
with rules as (
    select
        boundary_rules.*,
        rfm_rules.method
    from {{ ref('rfm_boundary_rules') }} as boundary_rules
    cross join {{ ref('rfm_rules') }} as rfm_rules
),

measures as (
    {%- for dimension in ['recency', 'frequency', 'monetary'] %}
    select
        {{ as_of() }} as as_of,
        '{{ dimension }}' as dimension,
        {{ rfm_measure(dimension, 'buyers', 'rfm_rules') }} as measure_value
    from {{ ref('member_purchase') }} as buyers
    cross join {{ ref('rfm_rules') }} as rfm_rules
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

{{ rfm_cuts('as_of') }},

{{ rfm_steps('as_of') }}

select * from final
