{#-
    A member's purchase cycle in days, a double: the median of the own gaps where there are enough;
    with few, drawn toward the cycle that stands in for them; without any, that cycle itself.

    gap_count, own_cycle_days: of the member; prior_cycle_days: of the category or of all buyers;
    rules: alias of purchase_cycle_rules.
-#}
{% macro cycle_days(gap_count, own_cycle_days, prior_cycle_days, rules) -%}
    case
        when {{ gap_count }} >= {{ rules }}.enough_gaps or {{ prior_cycle_days }} is null
            then {{ own_cycle_days }}
        when {{ gap_count }} = 0 then {{ prior_cycle_days }}
        else
            (
                {{ gap_count }} * {{ own_cycle_days }}
                + {{ rules }}.prior_gaps * {{ prior_cycle_days }}
            ) / nullif({{ gap_count }} + {{ rules }}.prior_gaps, 0)
    end
{%- endmacro %}
