{#- A var every run must give. Parsing works without it, running does not. -#}
{% macro required_var(name, example) -%}
    {%- set value = var(name, none) -%}
    {%- if execute and not value -%}
        {{ exceptions.raise_compiler_error(
            "var '" ~ name ~ "' is missing: run with --vars '{" ~ name ~ ": \"" ~ example ~ "\"}'"
        ) }}
    {%- endif -%}
    {{ return(value or example) }}
{%- endmacro %}
