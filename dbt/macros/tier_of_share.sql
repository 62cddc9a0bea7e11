{#-
  Rows of a rule with `from_share`, each with the share at which the next begins (`below_share`):
  a share s belongs to the one row with from_share <= s and (s < below_share or below_share is null).
-#}
{% macro tier_of_share(rules) -%}
    select
        rules.*,
        lead(rules.from_share) over (order by rules.from_share asc nulls last) as below_share
    from {{ rules }} as rules
{%- endmacro %}
