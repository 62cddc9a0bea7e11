-- One row: a score of a dimension on a month's end, and the values it stands for:
-- lower < value <= upper, open where NULL. What rfm_boundaries is for as_of.
with rules as (
    select
        boundary_rules.*,
        rfm_rules.method
    from {{ ref('rfm_boundary_rules') }} as boundary_rules
    cross join {{ ref('rfm_rules') }} as rfm_rules
),

measures as (
    {%- for dimension, value in [
        ('recency', 'recency_days'), ('frequency', 'frequency'), ('monetary', 'monetary')
    ] %}
    select
        month_end,
        '{{ dimension }}' as dimension,
        cast({{ value }} as decimal(18, 2)) as measure_value
    from {{ ref('member_purchase_monthly') }}
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

{{ rfm_cuts('month_end') }},

{{ rfm_steps('month_end') }}

select * from final
