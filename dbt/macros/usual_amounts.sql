{#-
    CTEs on those of expected_purchases: day_amounts, what each purchase day was worth; usual, what
    one of a member is expected to be worth, with the days that say so.
-#}
{% macro usual_amounts() -%}
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
