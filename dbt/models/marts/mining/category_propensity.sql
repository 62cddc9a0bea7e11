-- One row: a category in a month of the year among the buyers of an age band, gender and region
-- ('all' is every one of them), and how much likelier than average it is in a basket there.
-- Months of several years count together; baskets of nobody known do not count.
with baskets as (
    select distinct
        lines.order_key,
        cast(extract(month from lines.ordered_on) as integer) as month,
        coalesce(members.age_band, 'unknown') as age_band,
        members.gender,
        coalesce(members.province, 'unknown') as region
    from ({{ bought_lines() }}) as lines
    inner join {{ ref('dim_member') }} as members on lines.member_id = members.member_id
    where lines.category is not null
),

held as (
    {%- for level in ['category', 'subcategory'] %}
    select distinct order_key, '{{ level }}' as level, {{ level }} as category
    from ({{ bought_lines() }}) as lines
    where {{ level }} is not null and category is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

-- every dimension once by value and once as a whole: eight slices a basket, and a year beside it
choices as (
    {%- for month, age, gender, region in modules.itertools.product([0, 1], repeat=4) %}
    select
        {{ month }} as by_month, {{ age }} as by_age, {{ gender }} as by_gender,
        {{ region }} as by_region
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}
),

sliced as (
    select
        baskets.order_key,
        case when choices.by_month = 1 then baskets.month else 0 end as month,
        case when choices.by_age = 1 then baskets.age_band else 'all' end as age_band,
        case when choices.by_gender = 1 then baskets.gender else 'all' end as gender,
        case when choices.by_region = 1 then baskets.region else 'all' end as region
    from baskets
    cross join choices
),

totals as (
    select month, age_band, gender, region, count(*) as orders
    from sliced
    group by month, age_band, gender, region
),

counted as (
    select
        sliced.month,
        sliced.age_band,
        sliced.gender,
        sliced.region,
        held.level,
        held.category,
        count(*) as category_orders
    from sliced
    inner join held on sliced.order_key = held.order_key
    group by sliced.month, sliced.age_band, sliced.gender, sliced.region, held.level, held.category
),

shares as (
    select
        counted.*,
        totals.orders,
        {{ safe_divide('counted.category_orders', 'totals.orders') }} as share
    from counted
    inner join totals
        on counted.month = totals.month
        and counted.age_band = totals.age_band
        and counted.gender = totals.gender
        and counted.region = totals.region
),

final as (
    select
        shares.level,
        shares.category,
        shares.month,
        shares.age_band,
        shares.gender,
        shares.region,
        {{ as_of() }} as as_of,
        shares.orders,
        shares.category_orders,
        shares.share,
        averages.share as average_share,
        {{ safe_divide('shares.share', 'averages.share') }} as index,
        shares.orders >= rules.min_orders as is_reliable
    from shares
    inner join shares as averages
        on shares.level = averages.level
        and shares.category = averages.category
        and averages.month = 0
        and averages.age_band = 'all'
        and averages.gender = 'all'
        and averages.region = 'all'
    cross join {{ ref('propensity_rules') }} as rules
    where shares.month > 0
)

select * from final
