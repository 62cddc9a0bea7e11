{#- The buyers of a cut of scr_cluster_cell (0: as_of, 1: drift_days before), each with the cluster
    whose centre is nearest and the squared distance to it; no rows where there are no clusters. -#}
{% macro nearest_clusters(cut_number) -%}
select member_id, cluster_code, label, label_zh, distance
from (
    select
        distances.*,
        row_number() over (
            partition by member_id order by distance asc nulls last, cluster_code asc nulls last
        ) as place
    from (
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
        where cells.cut_number = {{ cut_number }}
        group by cells.member_id, centres.cluster_code
    ) as distances
) as ranked
where place = 1
{%- endmacro %}
