-- One row: a way to recommend, and how often a member's last purchase day, held back from all,
-- holds one of the products it would have shown (leave-last-basket-out).
with {{ product_history('ordered_on = last_day_on and first_day_on < last_day_on') }},

{{ similar_products() }},

held_out as (
    select distinct member_number, product_number, last_day_on
    from days
    where ordered_on = last_day_on and first_day_on < last_day_on
),

barred as (
    select distinct bought.member_number, bought.product_number
    from bought
    inner join held_out on bought.member_number = held_out.member_number
    inner join {{ ref('recommendation_rules') }} as rules
        on {{ days_between('bought.last_on', 'held_out.last_day_on') }} < rules.exclude_bought_days
),

{{ personal_candidates() }},

everybody as (
    select product_number, weight, 'all' as segment from history
),

{{ popular_products('everybody', 'segment') }},

judged as (
    select distinct member_number from held_out
),

popular_candidates as (
    select judged.member_number, popular.product_number, popular.points
    from judged
    cross join popular
    left join barred
        on judged.member_number = barred.member_number and popular.product_number = barred.product_number
    where barred.member_number is null
),

candidates as (
    select 'popular' as method, member_number, product_number, points, 1 as source
    from popular_candidates
    union all
    select 'item_item' as method, personal.member_number, personal.product_number, personal.points,
        0 as source
    from personal
    inner join judged on personal.member_number = judged.member_number
    union all
    select 'item_item' as method, popular.member_number, popular.product_number, popular.points,
        1 as source
    from popular_candidates as popular
    left join personal
        on popular.member_number = personal.member_number and popular.product_number = personal.product_number
    where personal.member_number is null
),

shown as (
    select ranked.method, ranked.member_number, ranked.product_number, rules.places
    from (
        select
            candidates.*,
            row_number() over (
                partition by method, member_number
                order by source asc nulls last, points desc nulls last, product_number asc nulls last
            ) as place
        from candidates
    ) as ranked
    inner join {{ ref('recommendation_rules') }} as rules on ranked.place <= rules.places
),

outcomes as (
    select
        shown.method,
        shown.member_number,
        max(shown.places) as places,
        count(held_out.product_number) as hit_products
    from shown
    left join held_out
        on shown.member_number = held_out.member_number and shown.product_number = held_out.product_number
    group by shown.method, shown.member_number
),

coverage as (
    select method, count(distinct product_number) as products
    from shown
    group by method
),

final as (
    select
        outcomes.method,
        {{ as_of() }} as as_of,
        max(outcomes.places) as places,
        count(*) as members,
        count(case when outcomes.hit_products > 0 then outcomes.member_number end) as hits,
        {{ safe_divide(
            'count(case when outcomes.hit_products > 0 then outcomes.member_number end)', 'count(*)'
        ) }} as hit_rate,
        {{ safe_divide('sum(outcomes.hit_products)', 'count(*) * max(outcomes.places)') }}
            as precision,
        max(coverage.products) as products_shown
    from outcomes
    inner join coverage on outcomes.method = coverage.method
    group by outcomes.method
)

select * from final
