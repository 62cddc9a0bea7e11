{#-
    The key a reference points to, given the joined row of a cfm_*_reference model; where no
    channel has such a row, the channel's own key without attributes (an orphan).
-#}
{% macro referenced_key(resolved_key, channel, natural_id) -%}
    coalesce({{ resolved_key }}, {{ natural_key(channel, natural_id) }})
{%- endmacro %}
