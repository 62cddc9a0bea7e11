-- One row: a way to recommend, and how often a member's last purchase day, held back from all,
-- holds one of the products it would have shown (leave-last-basket-out).
with {{ product_history('ordered_on = last_day_on and first_day_on < last_day_on') }},

{{ similar_products() }},

held_out as (
    select distinct member_number, product_number, last_day_on
    from days
    where ordered_on = last_day_on and first_day_on < last_day_on
),

members as (
    select distinct member_number, 'all' as segment from held_out
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

{{ recommended_products() }},

most_popular as (
    select
        members.member_number,
        popular.product_number,
        row_number() over (
            partition by members.member_number
            order by popular.points desc nulls last, popular.product_number asc nulls last
        ) as place
    from members
    cross join popular
    left join barred
        on members.member_number = barred.member_number
        and popular.product_number = barred.product_number
    where barred.member_number is null
),

shown as (
    select ways.method, ways.member_number, ways.product_number, rules.places
    from (
        select 'popular' as method, member_number, product_number, place from most_popular
        union all
        select 'item_item' as method, member_number, product_number, place from recommended
    ) as ways
    inner join {{ ref('recommendation_rules') }} as rules on ways.place <= rules.places
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
