{#- The words of one field of one entity in a format and the canonical word of each. -#}
{% macro vocabulary_words(entity, field, format) -%}
    {{ rule_words(
        'vocabulary_rules',
        'delivered_word',
        ['canonical_word'],
        format,
        "entity = '" ~ entity ~ "' and field = '" ~ field ~ "'",
    ) }}
{%- endmacro %}
