-- One row: a buyer and the cluster whose centre is nearest; none while there are too few buyers.
with distances as (
    select
        cells.member_id,
        centres.cluster_code,
        max(centres.label) as label,
        max(centres.label_zh) as label_zh,
        sum(cast(
            (cells.step - centres.centre) * (cells.step - centres.centre)
            * centres.scale * centres.scale
        as decimal(18, 6))) as distance
    from {{ ref('scr_cluster_cell') }} as cells
    inner join {{ source('scores', 'scr_cluster_centre') }} as centres
        on cells.feature = centres.feature
    where cells.cut_number = 0
    group by cells.member_id, centres.cluster_code
),

ranked as (
    select
        distances.*,
        row_number() over (
            partition by member_id order by distance asc nulls last, cluster_code asc nulls last
        ) as place
    from distances
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
    from ranked
    where place = 1
)

select * from final
