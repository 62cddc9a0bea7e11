{#-
    A query of the category each buyer bought on the most days; ties go to the one bought last, then
    to the first by name. Members who only bought what has no category are not in it.
-#}
{% macro main_categories() -%}
    select member_id, category, purchase_days
    from (
        select
            lines.member_id,
            lines.category,
            count(distinct lines.ordered_on) as purchase_days,
            row_number() over (
                partition by lines.member_id
                order by
                    count(distinct lines.ordered_on) desc nulls last,
                    max(lines.ordered_on) desc nulls last,
                    lines.category asc nulls last
            ) as place
        from ({{ bought_lines() }}) as lines
        where lines.category is not null
        group by lines.member_id, lines.category
    ) as ranked
    where place = 1
{%- endmacro %}
