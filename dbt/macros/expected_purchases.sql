{#-
    CTEs on `history` (member_id, category, ordered_on, net_revenue: what is known when the
    prediction is made) and `rules` (next_purchase_rules): popular, the share of buying days each
    category has; likely, each member's most likely category with its chance; usual, what a purchase
    day of a member is worth. Both are drawn toward all buyers by prior_days (empirical Bayes).
-#}
{% macro expected_purchases() -%}
category_days as (
    select member_id, category, count(distinct ordered_on) as days
    from history
    where category is not null
    group by member_id, category
),

popular as (
    select
        category,
        {{ safe_divide('cast(sum(days) as double)', 'sum(sum(days)) over ()') }} as share,
        row_number() over (order by sum(days) desc nulls last, category asc nulls last) as place
    from category_days
    group by category
),

known as (
    select member_id, sum(days) as days
    from category_days
    group by member_id
),

likely as (
    {{ likely_categories() }}
),

day_amounts as (
    select member_id, ordered_on, sum(net_revenue) as net_revenue
    from history
    group by member_id, ordered_on
),

usual as (
    select
        day_amounts.member_id,
        count(*) as days,
        cast(
            (sum(day_amounts.net_revenue) + max(rules.prior_days) * max(everybody.mean_amount))
            / nullif(count(*) + max(rules.prior_days), 0)
        as decimal(18, 2)) as amount
    from day_amounts
    cross join rules
    cross join (select avg(net_revenue) as mean_amount from day_amounts) as everybody
    group by day_amounts.member_id
)
{%- endmacro %}
