{#-
    The order in which a member's records are asked for a value, best first: as golden_rules (joined
    as rules) has it for the attribute, then the newest, then the record's key.

    verified: whether the value is; stated_at: the time that counts where the earliest wins.
-#}
{% macro golden_order(verified='false', stated_at='updated_at') -%}
    case when rules.verified_first and {{ verified }} then 0 else 1 end asc nulls last,
                    case when rules.earliest_first then {{ stated_at }} end asc nulls last,
                    case when rules.source_first then source_priority end asc nulls last,
                    updated_at desc nulls last,
                    record_key asc nulls last
{%- endmacro %}
