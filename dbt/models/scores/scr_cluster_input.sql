-- One row: a distinct combination of steps as of the day, and how many buyers have it.
with wide as (
    select
        member_id,
        {%- for feature in cluster_features() %}
        coalesce(max(case when feature = '{{ feature }}' then step end), 0) as {{ feature }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('scr_cluster_cell') }}
    where cut_number = 0
    group by member_id
),

final as (
    select {{ cluster_features() | join(', ') }}, count(*) as members
    from wide
    group by {{ cluster_features() | join(', ') }}
)

select * from final
