-- One row: a buyer and the cluster whose centre is nearest; none while there are too few buyers.
with nearest as (
    {{ nearest_clusters(0) }}
),

final as (
    select
        member_id,
        {{ as_of() }} as as_of,
        cluster_code,
        label,
        label_zh,
        sqrt(cast(distance as double)) as distance,
        count(*) over (partition by cluster_code) as size
    from nearest
)

select * from final
