-- One row: a rung of a category, from its entry to its premium products, who stands on it, and who
-- has climbed from it to the next.
with priced as (
    select
        product_key,
        coalesce(subcategory, category) as category,
        list_price,
        row_number() over (
            partition by coalesce(subcategory, category)
            order by list_price asc nulls last, product_key asc nulls last
        ) as place,
        count(*) over (partition by coalesce(subcategory, category)) as products
    from {{ ref('dim_product') }}
    where list_price is not null and coalesce(subcategory, category) is not null
),

rungs as (
    select priced.product_key, priced.category, priced.list_price, rules.rung
    from priced
    inner join {{ ref('upsell_rules') }} as rules
        on priced.place > rules.price_share_from * priced.products
        and priced.place <= rules.price_share_to * priced.products
),

offers as (
    select
        category,
        rung,
        count(*) as products,
        min(list_price) as price_from,
        max(list_price) as price_to
    from rungs
    group by category, rung
),

bought as (
    select lines.member_id, rungs.category, rungs.rung, lines.product_key,
        min(lines.ordered_on) as first_on
    from ({{ bought_lines() }}) as lines
    inner join rungs on lines.product_key = rungs.product_key
    group by lines.member_id, rungs.category, rungs.rung, lines.product_key
),

{{ most_frequent('best_sellers', '(
    select category || \':\' || rung as offer_key, product_key from bought
) as offered', 'product_key', key='offer_key') }},

stands as (
    select member_id, category, rung, min(first_on) as first_on
    from bought
    group by member_id, category, rung
),

climbs as (
    select
        stands.category,
        stands.rung,
        count(*) as members,
        count(higher.member_id) as climbed_members,
        cast(median({{ days_between('stands.first_on', 'higher.first_on') }}) as double)
            as climb_days
    from stands
    left join stands as higher
        on stands.member_id = higher.member_id
        and stands.category = higher.category
        and higher.rung = stands.rung + 1
        and higher.first_on > stands.first_on
    group by stands.category, stands.rung
),

final as (
    select
        offers.category,
        offers.rung,
        rules.rung_name,
        rules.rung_name_zh,
        {{ as_of() }} as as_of,
        offers.products,
        offers.price_from,
        offers.price_to,
        best_sellers.choice as best_seller_key,
        coalesce(climbs.members, 0) as members,
        coalesce(climbs.climbed_members, 0) as climbed_members,
        {{ safe_divide('climbs.climbed_members', 'climbs.members') }} as climb_rate,
        climbs.climb_days
    from offers
    inner join {{ ref('upsell_rules') }} as rules on offers.rung = rules.rung
    left join climbs on offers.category = climbs.category and offers.rung = climbs.rung
    left join best_sellers on offers.category || ':' || offers.rung = best_sellers.offer_key
)

select * from final
