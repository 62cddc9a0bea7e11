{#- A CTE: how often something happened to a member of `timed` in the issue days before the cut. -#}
{% macro counted_issues(name, column, fact, happened_on, condition) -%}
{{ name }} as (
    select timed.cut_number, timed.member_id, count(*) as {{ column }}
    from timed
    inner join (
        select member_id, {{ happened_on }} as happened_on
        from {{ ref(fact) }}
        where {{ condition }}
    ) as issues
        on timed.member_id = issues.member_id
        and issues.happened_on <= timed.cut_on
        and {{ days_between('issues.happened_on', 'timed.cut_on') }} < timed.issue_days
    group by timed.cut_number, timed.member_id
)
{%- endmacro %}
