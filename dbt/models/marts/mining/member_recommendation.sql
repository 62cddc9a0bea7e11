-- One row: a member and a product to show next, best first: what goes with the member's own
-- purchases, and after that what is popular in the member's RFM segment.
with {{ product_history('false') }},

nearest as (
    select
        products.product_number,
        others.product_number as similar_number,
        cast(round(pairs.similarity * 1000000, 0) as bigint) as similarity
    from {{ ref('product_similarity') }} as pairs
    inner join product_codes as products on pairs.product_key = products.product_key
    inner join product_codes as others on pairs.similar_product_key = others.product_key
),

barred as (
    select bought.member_number, bought.product_number
    from bought
    inner join {{ ref('recommendation_rules') }} as rules
        on {{ days_between('bought.last_on', as_of()) }} < rules.exclude_bought_days
),

{{ personal_candidates() }},

segmented as (
    select
        history.product_number,
        history.weight,
        coalesce(segments.segment, 'all') as segment
    from history
    inner join member_codes on history.member_number = member_codes.member_number
    left join {{ ref('member_rfm') }} as segments on member_codes.member_id = segments.member_id
),

{{ popular_products('segmented', 'segment') }},

members as (
    select
        member_codes.member_number,
        coalesce(segments.segment, 'all') as segment
    from member_codes
    left join {{ ref('member_rfm') }} as segments on member_codes.member_id = segments.member_id
),

candidates as (
    select member_number, product_number, points, because_number, 0 as source from personal
    union all
    select
        members.member_number,
        popular.product_number,
        popular.points,
        cast(null as bigint) as because_number,
        1 as source
    from members
    inner join popular on members.segment = popular.segment
    left join personal
        on members.member_number = personal.member_number and popular.product_number = personal.product_number
    left join barred
        on members.member_number = barred.member_number and popular.product_number = barred.product_number
    where personal.member_number is null and barred.member_number is null
),

ranked as (
    select
        candidates.*,
        row_number() over (
            partition by member_number
            order by source asc nulls last, points desc nulls last, product_number asc nulls last
        ) as place
    from candidates
),

final as (
    select
        members.member_id,
        cast(ranked.place as integer) as rank,
        {{ as_of() }} as as_of,
        products.product_key,
        case
            when ranked.source = 1 then 'popular'
            when ranked.because_number = ranked.product_number then 'bought_before'
            else 'bought_together'
        end as reason,
        because.product_key as because_product_key,
        cast(ranked.points as double) as score
    from ranked
    inner join {{ ref('recommendation_rules') }} as rules on ranked.place <= rules.places
    inner join product_codes as products on ranked.product_number = products.product_number
    inner join member_codes as members on ranked.member_number = members.member_number
    left join product_codes as because on ranked.because_number = because.product_number
)

select * from final
