-- One row: a cluster: its size now and drift_days ago, and what its buyers are like.
with nearest_before as (
    {{ nearest_clusters(1) }}
),

sizes_before as (
    select cluster_code, count(*) as members, sum(count(*)) over () as buyers
    from nearest_before
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
