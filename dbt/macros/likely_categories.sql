{#-
    A query of each member's most likely category, on the CTEs of expected_purchases. What a member
    never bought is as likely as it is popular: of those only the most popular one can win.
-#}
{% macro likely_categories() -%}
select member_id, category, days, chance
from (
    select
        candidates.member_id,
        candidates.category,
        candidates.days,
        (candidates.days + rules.prior_days * popular.share)
        / nullif(known.days + rules.prior_days, 0) as chance,
        row_number() over (
            partition by candidates.member_id
            order by
                candidates.days + rules.prior_days * popular.share desc nulls last,
                candidates.category asc nulls last
        ) as place
    from (
        select member_id, category, max(days) as days
        from (
            select member_id, category, days from category_days
            union all
            select known.member_id, popular.category, 0 as days
            from known
            inner join popular on popular.place = 1
        ) as listed
        group by member_id, category
    ) as candidates
    inner join known on candidates.member_id = known.member_id
    inner join popular on candidates.category = popular.category
    cross join rules
) as ranked
where place = 1
{%- endmacro %}
