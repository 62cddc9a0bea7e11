{#-
    CTEs on `history` (member_id, category, ordered_on, net_revenue: what is known when the
    prediction is made) and `rules` (next_purchase_rules): popular, the share of buying days each
    category has; likely, each member's most likely category with its chance; those of
    usual_amounts. Both are drawn toward all buyers by prior_days (empirical Bayes).
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

{{ usual_amounts() }}
{%- endmacro %}
