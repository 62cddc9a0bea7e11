{#-
    The formats that deliver an entity, in the order of the union: the landing contract knows all,
    a preset those listed here. A new preset is one line.
-#}
{% macro formats_of(entity) -%}
    {%- set presets = {
        'online_retail': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
        'shopify': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
        'tmall': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
        'youzan': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
        'wechat': ['customers'],
        'pos': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
        'app_events': ['customers', 'events'],
        'woocommerce': ['customers', 'orders', 'order_lines', 'refunds', 'products'],
    } -%}
    {%- set formats = ['contract'] -%}
    {%- for format, entities in presets.items() if entity in entities -%}
        {%- do formats.append(format) -%}
    {%- endfor -%}
    {{ return(formats) }}
{%- endmacro %}
