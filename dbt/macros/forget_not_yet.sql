{#-
    Hook of an incremental fact: removes rows whose newest version says they happen after `as_of`,
    because an insert of touched keys alone would leave them.
-#}
{% macro forget_not_yet(key, conformed, happens_at) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where {{ key }} in (
        select {{ key }} from {{ ref(conformed) }} where {{ happens_at }} >= {{ as_of_end() }}
    )
    {%- endif -%}
{%- endmacro %}
