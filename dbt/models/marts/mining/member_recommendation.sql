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

members as (
    select
        member_codes.member_number,
        coalesce(segments.segment, 'all') as segment
    from member_codes
    left join {{ ref('member_rfm') }} as segments on member_codes.member_id = segments.member_id
),

barred as (
    select bought.member_number, bought.product_number
    from bought
    inner join {{ ref('recommendation_rules') }} as rules
        on {{ days_between('bought.last_on', as_of()) }} < rules.exclude_bought_days
),

{{ personal_candidates() }},

segmented as (
    select history.product_number, history.weight, members.segment
    from history
    inner join members on history.member_number = members.member_number
),

{{ popular_products('segmented', 'segment') }},

{{ recommended_products() }},

final as (
    select
        members.member_id,
        cast(shown.place as integer) as rank,
        {{ as_of() }} as as_of,
        products.product_key,
        case
            when shown.source = 1 then 'popular'
            when shown.because_number = shown.product_number then 'bought_before'
            else 'bought_together'
        end as reason,
        because.product_key as because_product_key,
        cast(shown.points as double) as score
    from recommended as shown
    inner join {{ ref('recommendation_rules') }} as rules on shown.place <= rules.places
    inner join product_codes as products on shown.product_number = products.product_number
    inner join member_codes as members on shown.member_number = members.member_number
    left join product_codes as because on shown.because_number = because.product_number
)

select * from final
