-- One row: an answer and a slice it counts in: all, its channel, tier and segment.
{%- set slices = {'channel': 'channel', 'tier': 'tier_code', 'segment': 'segment'} %}

with final as (
    select survey_response_key, 'all' as slice_type, 'all' as slice
    from {{ ref('voice_answer') }}
    {%- for slice_type, column in slices.items() %}
    union all
    select survey_response_key, '{{ slice_type }}' as slice_type, {{ column }} as slice
    from {{ ref('voice_answer') }}
    {%- endfor %}
)

select * from final
