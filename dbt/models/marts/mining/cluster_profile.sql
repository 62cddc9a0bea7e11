-- One row: a cluster: its size now and drift_days ago, and what its buyers are like.
with before_distances as (
    select
        cells.member_id,
        centres.cluster_code,
        sum(cast(
            (cells.step - centres.centre) * (cells.step - centres.centre)
            * centres.scale * centres.scale
        as decimal(18, 6))) as distance
    from {{ ref('scr_cluster_cell') }} as cells
    inner join {{ source('scores', 'scr_cluster_centre') }} as centres
        on cells.feature = centres.feature
    where cells.cut_number = 1
    group by cells.member_id, centres.cluster_code
),

before_places as (
    select
        member_id,
        cluster_code,
        row_number() over (
            partition by member_id order by distance asc nulls last, cluster_code asc nulls last
        ) as place
    from before_distances
),

sizes_before as (
    select cluster_code, count(*) as members, sum(count(*)) over () as buyers
    from before_places
    where place = 1
    group by cluster_code
),

profiles as (
    select
        clusters.cluster_code,
        clusters.label,
        clusters.label_zh,
        count(*) as size,
        sum(count(*)) over () as buyers,
        {{ money(safe_divide('sum(purchases.net_revenue)', 'count(*)')) }} as revenue_per_member,
        {{ safe_divide('sum(purchases.net_revenue)', 'sum(sum(purchases.net_revenue)) over ()') }}
            as revenue_share,
        {{ safe_divide('sum(purchases.purchase_day_count)', 'count(*)') }} as purchase_days,
        cast(median({{ days_between('purchases.last_ordered_on', as_of()) }}) as double)
            as median_recency_days,
        {{ money(safe_divide('sum(purchases.net_revenue)', 'sum(purchases.order_count)')) }}
            as revenue_per_order
    from {{ ref('member_cluster') }} as clusters
    inner join {{ ref('member_purchase') }} as purchases
        on clusters.member_id = purchases.member_id
    group by clusters.cluster_code, clusters.label, clusters.label_zh
),

shares as (
    select
        profiles.*,
        {{ safe_divide('profiles.size', 'profiles.buyers') }} as share,
        coalesce(sizes_before.members, 0) as size_before,
        {{ safe_divide('sizes_before.members', 'sizes_before.buyers') }} as share_before
    from profiles
    left join sizes_before on profiles.cluster_code = sizes_before.cluster_code
),

final as (
    select
        shares.cluster_code,
        {{ as_of() }} as as_of,
        shares.label,
        shares.label_zh,
        shares.size,
        shares.share,
        cast(shares.size_before as bigint) as size_before,
        shares.share_before,
        -- the cluster's part of the population stability index
        (shares.share - shares.share_before)
        * ln(shares.share / nullif(shares.share_before, 0)) as drift,
        shares.revenue_per_member,
        shares.revenue_share,
        shares.purchase_days,
        shares.median_recency_days,
        shares.revenue_per_order,
        choices.silhouette
    from shares
    left join {{ source('scores', 'scr_cluster_choice') }} as choices on choices.is_chosen
)

select * from final
