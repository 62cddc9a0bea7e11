{#- The key of a channel's own id: the id is unique within its channel only. NULL without an id. -#}
{% macro natural_key(channel, natural_id) -%}
    {{ channel }} || ':' || {{ natural_id }}
{%- endmacro %}
